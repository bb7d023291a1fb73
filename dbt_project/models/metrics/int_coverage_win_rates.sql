{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Of the money of deals that closed in the four complete periods before each period, the share won:
-- of the segment value where ten deals closed, else of the whole company.
{% set rate_periods, fewest_deals = 4, 10 %}
with cells as (
    select distinct
        segment_name,
        segment_value,
        fiscal_period,
        period_start,
        periods_ago
    from {{ ref('int_coverage_standings') }}
    where is_told
),

periods as (
    select distinct
        fiscal_period,
        periods_ago
    from {{ ref('int_coverage_days') }}
    where periods_ago > 0
),

closed as (
    select
        metrics.segment_name,
        metrics.segment_value,
        metrics.deals_won,
        metrics.deals_lost,
        metrics.won_amount,
        metrics.lost_amount,
        periods.periods_ago
    from {{ ref('funnel_metrics') }} as metrics
    inner join periods on metrics.fiscal_period = periods.fiscal_period
),

rated as (
    select
        cells.segment_name,
        cells.segment_value,
        cells.fiscal_period,
        sum(closed.deals_won + closed.deals_lost) as deals,
        -- where lost deals carry no amounts, the share of money would be 1 whatever was lost
        case
            when sum(closed.lost_amount) > 0 or sum(closed.deals_lost) = 0
                then
                    cast(sum(closed.won_amount) as double)
                    / nullif(sum(closed.won_amount) + sum(closed.lost_amount), 0)
        end as win_rate
    from cells
    inner join closed
        on
            cells.segment_name = closed.segment_name
            and cells.segment_value = closed.segment_value
            and cells.periods_ago < closed.periods_ago
            and cells.periods_ago + {{ rate_periods }} >= closed.periods_ago
    group by cells.segment_name, cells.segment_value, cells.fiscal_period
),

final as (
    select
        cells.segment_name,
        cells.segment_value,
        cells.fiscal_period,
        case
            when own.deals >= {{ fewest_deals }} and own.win_rate is not null then own.win_rate
            else company.win_rate
        end as win_rate
    from cells
    left join rated as own
        on
            cells.segment_name = own.segment_name
            and cells.segment_value = own.segment_value
            and cells.fiscal_period = own.fiscal_period
    left join rated as company
        on company.segment_name = 'all' and cells.fiscal_period = company.fiscal_period
)

select * from final
