-- A returned row: the stages, read from visits, do not hold the open deals and money that the
-- funnel reads from versions. Only deals without any stage may be missing, so this warns.
{{ config(severity='warn') }}

with stages as (
    select
        coalesce(sum(open_deals), 0) as open_deals,
        coalesce(sum(open_amount), 0) as open_amount
    from {{ ref('blocked_stages') }}
    where segment_name = 'all'
),

funnel as (
    select
        coalesce(sum(open_deals_at_end), 0) as open_deals,
        coalesce(sum(open_amount_at_end), 0) as open_amount
    from {{ ref('funnel_metrics') }}
    where segment_name = 'all' and not is_complete
)

select
    stages.open_deals,
    funnel.open_deals as funnel_open_deals,
    stages.open_amount,
    funnel.open_amount as funnel_open_amount
from stages
cross join funnel
where
    stages.open_deals <> funnel.open_deals
    or stages.open_amount <> funnel.open_amount
