-- A returned row is a rate outside [0, 1], or a close rate where nothing was closed.
select *
from {{ ref('funnel_metrics') }}
where
    close_rate not between 0 and 1
    or close_rate_by_amount not between 0 and 1
    or (close_rate is null) <> (deals_won + deals_lost = 0)
