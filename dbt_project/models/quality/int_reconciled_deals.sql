{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Every deal of the extract and every published one in the cells of the reconciliation, with the
-- reason for which the two differ, if they do.
with extract_deals as (
    select * from {{ ref('int_extract_deals') }}
),

sources as (
    select
        source_name,
        max(newest_extract_date) as extract_date
    from extract_deals
    group by source_name
),

states as (
    select
        true as is_extract,
        deal_id,
        source_name,
        pipeline,
        stage,
        original_currency,
        original_amount,
        cast(null as decimal(18, 2)) as amount,
        result = 'won' as is_won,
        booked_period
    from extract_deals
    union all
    select
        false as is_extract,
        deals.deal_id,
        deals.source_name,
        deals.pipeline,
        coalesce(deals.stage, '(none)') as stage,
        coalesce(deals.original_currency, '(none)') as original_currency,
        deals.original_amount,
        deals.amount,
        deals.is_won,
        days.fiscal_period as booked_period
    from {{ ref('fct_deals') }} as deals
    left join {{ ref('dim_dates') }} as days
        on deals.is_won and deals.closed_date = days.date_day
    where not deals.is_deleted and not deals.is_merged
),

cells as (
    select
        *,
        'deals_by_stage' as measure,
        pipeline as cell_pipeline,
        stage as item
    from states
    union all
    select
        *,
        'booked_by_period' as measure,
        'all' as cell_pipeline,
        coalesce(booked_period, '(none)') as item
    from states
    where is_won
),

-- A win without any date in the extract is booked on the day on which history first shows it.
final as (
    select
        cells.*,
        sources.extract_date,
        case
            when
                extract_deals.reason is null and cells.measure = 'booked_by_period'
                and extract_deals.booked_date is null and extract_deals.result = 'won'
                then 'by_history'
            else extract_deals.reason
        end as reason
    from cells
    inner join sources on cells.source_name = sources.source_name
    left join extract_deals on cells.deal_id = extract_deals.deal_id
)

select * from final
