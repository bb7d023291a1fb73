{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Each deal that moved in a span, in each segment: its value and close period at either end.
with periods as (
    select
        date_day,
        fiscal_period,
        period_start
    from {{ ref('dim_dates') }}
),

segments as (
    select
        segments.*,
        coalesce(segments.valid_to, date '9999-12-31') as known_until
    from {{ ref('fct_deal_segments') }} as segments
    inner join {{ ref('dim_segments') }} as reported
        on segments.segment_name = reported.segment_name
),

final as (
    select
        deals.*,
        deals.outcome in ('open', 'won') as is_followed,
        closing.segment_name,
        coalesce(opening.segment_value, closing.segment_value) as opening_value,
        closing.segment_value as closing_value,
        coalesce(opening_periods.fiscal_period, '(none)') as opening_period,
        coalesce(closing_periods.fiscal_period, '(none)') as closing_period,
        coalesce(closing_periods.period_start, date '9999-12-31')
        > coalesce(opening_periods.period_start, date '9999-12-31') as is_pushed,
        case
            when deals.is_same_currency and deals.unmoved_amount is not null
                then deals.closing_amount - deals.unmoved_amount
            else 0
        end as currency_effect
    from {{ ref('int_waterfall_deals') }} as deals
    inner join segments as closing
        on
            deals.deal_id = closing.deal_id
            and deals.closing_date >= closing.valid_from
            and deals.closing_date < closing.known_until
    left join segments as opening
        on
            deals.deal_id = opening.deal_id
            and closing.segment_name = opening.segment_name
            and deals.opening_date >= opening.valid_from
            and deals.opening_date < opening.known_until
    left join periods as opening_periods on deals.opening_close_date = opening_periods.date_day
    left join periods as closing_periods on deals.closing_close_date = closing_periods.date_day
)

select * from final
