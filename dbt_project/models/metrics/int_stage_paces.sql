{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

with visits as (
    select
        pipeline,
        stage,
        entered_date,
        case
            when observation = 'exit' and is_won and has_advanced and not is_entry_assumed
                then days_in_stage
        end as won_days
    from {{ ref('int_stage_observations') }}
),

paces as (
    select
        pipeline,
        stage,
        min(entered_date) as first_entered_date,
        count(won_days) as won_visits,
        percentile_cont(0.5) within group (order by won_days) as won_median_days,
        -- a quantile between two days is a double that no day should miss by its last bit
        round(percentile_cont(0.9) within group (order by won_days), 6) as won_p90_days
    from visits
    group by pipeline, stage
),

-- Fewer than ten visits put no p90 on record: the largest of them alone would decide it.
final as (
    select
        pipeline,
        stage,
        first_entered_date,
        won_visits,
        case
            when won_visits >= 10 then cast(won_median_days as decimal(9, 1))
        end as won_median_days,
        case when won_visits >= 10 then won_p90_days end as won_p90_days
    from paces
)

select * from final
