{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- The way of each deal's cents in a span, in this order: it comes in; moves to another segment
-- value, then to another close period; its amount changes, then its currency; it leaves. A deal
-- that came in during the span does so where and as big as it stands at the end. One that was lost,
-- deleted or merged leaves from where it stood at the beginning.
with cells as (
    select * from {{ ref('int_waterfall_segments') }}
),

stepped as (
    select
        cells.*,
        steps.step,
        case
            when steps.step = 'entry' and cells.entry <> 'open' then cells.entry
            when
                steps.step in ('segment_out', 'segment_in')
                and cells.entry = 'open' and cells.is_followed
                and cells.opening_value <> cells.closing_value
                then steps.step
            when
                steps.step in ('out', 'in')
                and cells.entry = 'open' and cells.is_followed
                and cells.opening_period <> cells.closing_period
                then case when cells.is_pushed then 'pushed_' else 'pulled_' end || steps.step
            when steps.step = 'currency' and cells.entry = 'open' and cells.is_followed
                then case when cells.currency_effect <> 0 then 'currency' end
            when steps.step = 'amount' and cells.entry = 'open' and cells.is_followed
                then
                    case sign(cells.closing_amount - cells.opening_amount - cells.currency_effect)
                        when 1 then 'up' when -1 then 'down'
                    end
            when steps.step = 'exit' and cells.outcome <> 'open' then cells.outcome
        end as bucket,
        cells.entry = 'open'
        and (
            steps.step = 'segment_out' or (steps.step = 'exit' and not cells.is_followed)
        ) as is_at_opening_value,
        cells.entry = 'open'
        and (
            steps.step in ('segment_out', 'segment_in', 'out')
            or (steps.step = 'exit' and not cells.is_followed)
        ) as is_at_opening_period
    from cells
    cross join (
        values
        ('entry'), ('segment_out'), ('segment_in'), ('out'), ('in'), ('amount'), ('currency'),
        ('exit')
    ) as steps (step)
),

final as (
    select
        span_kind,
        opening_date,
        closing_date,
        deal_id,
        segment_name,
        case when is_at_opening_value then opening_value else closing_value end as segment_value,
        case when is_at_opening_period then opening_period else closing_period end as fiscal_period,
        bucket,
        case
            when step = 'entry' then closing_amount
            when step in ('segment_out', 'out') then -opening_amount
            when step in ('segment_in', 'in') then opening_amount
            when step = 'amount' then closing_amount - opening_amount - currency_effect
            when step = 'currency' then currency_effect
            when entry = 'open' and not is_followed then -opening_amount
            else -closing_amount
        end as amount
    from stepped
    where bucket is not null
)

select * from final
