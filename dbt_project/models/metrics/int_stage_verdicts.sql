{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Shares, now and in the four quarters before. Below ten cases on either side chance decides.
with shares as (
    select
        measures.*,
        paces.won_median_days as company_won_median_days,
        paces.won_p90_days as company_won_p90_days,
        measures.open_deals >= 10 and measures.open_before >= 10 as is_queue_comparable,
        measures.exits >= 10 and measures.exits_before >= 10 as is_conversion_comparable,
        measures.stalled_deals / nullif(measures.open_deals, 0) as stalled_share,
        measures.stalled_before / nullif(measures.open_before, 0) as stalled_share_before,
        (measures.stalled_deals + measures.stalled_before)
        / nullif(measures.open_deals + measures.open_before, 0) as stalled_share_pooled,
        measures.advances / nullif(measures.exits, 0) as conversion_rate,
        measures.advances_before / nullif(measures.exits_before, 0) as conversion_rate_before,
        (measures.advances + measures.advances_before)
        / nullif(measures.exits + measures.exits_before, 0) as conversion_rate_pooled
    from {{ ref('int_stage_measures') }} as measures
    inner join {{ ref('int_stage_paces') }} as paces
        on
            measures.pipeline = paces.pipeline
            and measures.stage = paces.stage
),

-- z of a difference of two shares (pooled); 0 where nothing varies.
tested as (
    select
        *,
        case
            when company_won_p90_days is not null and is_queue_comparable then coalesce(
                (stalled_share - stalled_share_before) / nullif(sqrt(
                    stalled_share_pooled * (1 - stalled_share_pooled)
                    * (1.0 / open_deals + 1.0 / open_before)
                ), 0), 0
            )
        end as stalled_z,
        case
            when is_conversion_comparable then coalesce(
                (conversion_rate_before - conversion_rate) / nullif(sqrt(
                    conversion_rate_pooled * (1 - conversion_rate_pooled)
                    * (1.0 / exits + 1.0 / exits_before)
                ), 0), 0
            )
        end as conversion_z
    from shares
),

-- One-sided: 1.645 is p < 0.05, 2.326 is p < 0.01, which allows for about five stages a pipeline.
-- Significance alone would put every small change of a big company on the list, hence the sizes.
levels as (
    select
        *,
        case
            when stalled_z >= 2.326 and stalled_share >= stalled_share_before + 0.2 then 2
            when stalled_z >= 1.645 and stalled_share >= stalled_share_before + 0.1 then 1
            when stalled_z is not null then 0
        end as stalled_level,
        case
            when conversion_z >= 2.326 and conversion_rate < 0.7 * conversion_rate_before then 2
            when conversion_z >= 1.645 and conversion_rate < 0.85 * conversion_rate_before then 1
            when conversion_z is not null then 0
        end as conversion_level
    from tested
),

final as (
    select
        *,
        -- Visits that end without a known amount add nothing, so this is the least that was lost.
        case
            when is_conversion_comparable
                then
                    greatest(conversion_rate_before - conversion_rate, 0)
                    * coalesce(exited_amount, 0)
        end as revenue_lost,
        case
            when company_won_p90_days is null then 'cannot_tell'
            when coalesce(stalled_level, conversion_level) is null then 'cannot_tell'
            when 2 in (coalesce(stalled_level, 0), coalesce(conversion_level, 0)) then 'blocked'
            when 1 in (coalesce(stalled_level, 0), coalesce(conversion_level, 0)) then 'watch'
            else 'ok'
        end as verdict
    from levels
)

select * from final
