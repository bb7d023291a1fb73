-- A returned row: the stages, read from visits, do not hold the open deals and money that the
-- funnel reads from versions. Deals without any stage are missing, which the gate tells by itself.
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
),

unstaged as (
    select count(*) as open_deals
    from {{ ref('fct_deals') }}
    where stage is null and not is_closed and not is_deleted and not is_merged
)

select
    stages.open_deals,
    funnel.open_deals as funnel_open_deals,
    stages.open_amount,
    funnel.open_amount as funnel_open_amount
from stages
cross join funnel
cross join unstaged
where
    unstaged.open_deals = 0
    and (stages.open_deals <> funnel.open_deals or stages.open_amount <> funnel.open_amount)
