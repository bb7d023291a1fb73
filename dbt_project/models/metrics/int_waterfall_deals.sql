{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Each deal that was in the pipeline and moved between two days: as what it came in, how it stood
-- at the end of either day, and how it left. Amounts that nobody knows count as 0.
with deals as (
    select * from {{ ref('fct_deals') }}
),

versions as (
    select
        *,
        coalesce(amount, 0) as priced_amount,
        coalesce(valid_to, date '9999-12-31') as known_until
    from {{ ref('fct_deal_versions') }}
),

touched as (
    select * from {{ ref('int_waterfall_touched') }}
),

passing as (
    select * from {{ ref('int_waterfall_passing') }}
),

states as (
    select
        touched.span_kind,
        touched.opening_date,
        touched.closing_date,
        touched.deal_id,
        case
            when opening.is_open then 'open'
            when opening.deal_id is null then 'created'
            when passing.deal_id is not null then 'reopened'
        end as entry,
        case
            when deals.removed_date <= touched.closing_date and deals.is_merged then 'merged'
            when deals.removed_date <= touched.closing_date then 'deleted'
            when closing.is_open then 'open'
            when closing.is_won then 'won'
            else 'lost'
        end as outcome,
        opening.priced_amount as opening_amount,
        opening.close_date as opening_close_date,
        opening.original_amount as opening_original_amount,
        closing.original_amount as closing_original_amount,
        opening.original_currency = closing.original_currency as is_same_currency,
        closing.priced_amount,
        closing.close_date,
        coalesce(passing.amount, closing.priced_amount, deals.amount, 0) as passing_amount,
        coalesce(passing.close_date, closing.close_date, deals.close_date) as passing_close_date
    from touched
    inner join deals on touched.deal_id = deals.deal_id
    left join versions as opening
        on
            touched.deal_id = opening.deal_id
            and touched.opening_date >= opening.valid_from
            and touched.opening_date < opening.known_until
    left join versions as closing
        on
            touched.deal_id = closing.deal_id
            and touched.closing_date >= closing.valid_from
            and touched.closing_date < closing.known_until
    left join passing
        on
            touched.span_kind = passing.span_kind
            and touched.closing_date = passing.closing_date
            and touched.deal_id = passing.deal_id
),

final as (
    select
        span_kind,
        opening_date,
        closing_date,
        deal_id,
        entry,
        outcome,
        opening_amount,
        opening_close_date,
        case when outcome in ('open', 'won') then priced_amount else passing_amount end
            as closing_amount,
        case when outcome in ('open', 'won') then close_date else passing_close_date end
            as closing_close_date,
        -- what the closing amount would be at the rate of the opening day
        case
            when opening_original_amount = closing_original_amount then opening_amount
            when opening_original_amount > 0
                then
                    {{ to_amount(
                        'closing_original_amount'
                        ~ ' * (cast(opening_amount as double) / opening_original_amount)'
                    ) }}
        end as unmoved_amount,
        coalesce(is_same_currency, false) as is_same_currency
    from states
    where entry is not null
)

select * from final
