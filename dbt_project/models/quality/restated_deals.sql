{% set deals_shown = 20 %}

with deals as (
    select
        *,
        coalesce(restated_amount, 0) - coalesce(as_was_amount, 0) as difference_amount
    from {{ ref('int_restated_deals') }}
    where
        is_open_as_was <> is_open_restated
        or as_was_pipeline is distinct from restated_pipeline
        or as_was_stage is distinct from restated_stage
        or as_was_amount is distinct from restated_amount
),

final as (
    select
        source_name,
        extract_date,
        deal_id,
        case
            when not is_open_as_was then 'open_after_all'
            when not is_open_restated then 'not_open_after_all'
            when as_was_pipeline <> restated_pipeline or as_was_stage <> restated_stage
                then 'other_stage'
            else 'other_amount'
        end as restatement,
        as_was_pipeline,
        as_was_stage,
        as_was_amount,
        restated_pipeline,
        restated_stage,
        restated_amount,
        cast(difference_amount as decimal(18, 2)) as difference_amount
    from deals
    qualify
        row_number() over (
            partition by source_name, extract_date
            order by abs(difference_amount) desc, deal_id
        ) <= {{ deals_shown }}
)

select * from final
order by source_name, extract_date, deal_id
