with deals as (
    select * from {{ ref('int_restated_deals') }}
),

places as (
    select
        source_name,
        extract_date,
        as_was_pipeline as pipeline,
        as_was_stage as stage,
        as_was_amount,
        true as is_as_was,
        cast(null as decimal(18, 2)) as restated_amount,
        false as is_restated
    from deals
    where is_open_as_was
    union all
    select
        source_name,
        extract_date,
        restated_pipeline as pipeline,
        restated_stage as stage,
        cast(null as decimal(18, 2)) as as_was_amount,
        false as is_as_was,
        restated_amount,
        true as is_restated
    from deals
    where is_open_restated
),

counted as (
    select
        source_name,
        extract_date,
        pipeline,
        stage,
        count(*) filter (where is_as_was) as as_was_deals,
        count(*) filter (where is_restated) as restated_deals,
        coalesce(sum(as_was_amount), 0) as as_was_amount,
        coalesce(sum(restated_amount), 0) as restated_amount
    from places
    group by source_name, extract_date, pipeline, stage
),

final as (
    select
        source_name,
        extract_date,
        pipeline,
        stage,
        cast(as_was_deals as bigint) as as_was_deals,
        cast(restated_deals as bigint) as restated_deals,
        cast(restated_deals - as_was_deals as bigint) as difference_deals,
        cast(as_was_amount as decimal(18, 2)) as as_was_amount,
        cast(restated_amount as decimal(18, 2)) as restated_amount,
        cast(restated_amount - as_was_amount as decimal(18, 2)) as difference_amount
    from counted
)

select * from final
order by source_name, extract_date, pipeline, stage
