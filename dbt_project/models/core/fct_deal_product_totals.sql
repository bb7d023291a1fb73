with deals as (
    select * from {{ ref('fct_deals') }}
    where removed_date is null
),

-- Lines and deal are compared in the deal's own currency: no rate comes between them.
totals as (
    select
        deals.deal_id,
        count(*) as line_count,
        count(*) filter (
            where lines.original_currency is distinct from deals.original_currency
        ) as other_currency_line_count,
        count(*) filter (where lines.original_amount is null) as line_without_amount_count,
        sum(lines.original_amount) as lines_original_amount,
        sum(lines.amount) as lines_amount
    from deals
    inner join {{ ref('fct_deal_products') }} as lines on deals.deal_id = lines.deal_id
    group by deals.deal_id
),

final as (
    select
        deals.deal_id,
        cast(totals.line_count as integer) as line_count,
        cast(totals.other_currency_line_count as integer) as other_currency_line_count,
        cast(totals.line_without_amount_count as integer) as line_without_amount_count,
        deals.amount,
        cast(totals.lines_amount as decimal(18, 2)) as lines_amount,
        deals.original_currency,
        deals.original_amount,
        case
            when totals.other_currency_line_count = 0 and totals.line_without_amount_count = 0
                then cast(totals.lines_original_amount as decimal(18, 2))
        end as lines_original_amount,
        case
            when totals.other_currency_line_count = 0 and totals.line_without_amount_count = 0
                then cast(deals.original_amount - totals.lines_original_amount as decimal(18, 2))
        end as amount_difference
    from totals
    inner join deals on totals.deal_id = deals.deal_id
)

select * from final
order by deal_id
