-- A returned row is a share outside [0, 1], more stalled than open deals, or a negative loss.
select *
from {{ ref('blocked_stages') }}
where
    stalled_share not between 0 and 1
    or stalled_share_last_4_quarters not between 0 and 1
    or conversion_rate not between 0 and 1
    or conversion_rate_last_4_quarters not between 0 and 1
    or stalled_deals > open_deals
    or blocked_days < 0
    or revenue_lost < 0
