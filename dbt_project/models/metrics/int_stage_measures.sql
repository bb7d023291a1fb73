{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}
{% set fewest_visits = 10 %}

with observations as (
    select
        observations.*,
        segments.segment_name,
        -- A visit is of its own pipeline, also when it ended by moving the deal to another.
        case
            when segments.segment_name = 'pipeline' then observations.pipeline
            else segments.segment_value
        end as segment_value
    from {{ ref('int_stage_observations') }} as observations
    inner join {{ ref('int_reported_segments') }} as segments
        on
            observations.deal_id = segments.deal_id
            and observations.observed_date >= segments.valid_from
            and observations.observed_date < segments.valid_to
),

compared as (
    select
        observations.*,
        observations.days_in_stage > paces.won_p90_days as is_stalled,
        greatest(observations.days_in_stage - paces.won_median_days, 0) as days_over_median,
        observations.observation = 'open' and observations.quarters_ago = 0 as is_open,
        -- A queue younger than twice the p90 could not have held many stalled deals yet.
        observations.observation = 'open'
        and observations.quarters_ago > 0
        and {{ days_between('paces.first_entered_date', 'observations.observed_date') }}
        >= 2 * paces.won_p90_days as was_open,
        observations.observation = 'exit' and observations.quarters_ago = 0 as has_left,
        observations.observation = 'exit' and observations.quarters_ago between 1 and 4 as had_left,
        case
            when
                observations.observation = 'exit' and observations.is_won
                and observations.has_advanced and not observations.is_entry_assumed
                then observations.days_in_stage
        end as won_days
    from observations
    inner join {{ ref('int_stage_paces') }} as paces
        on
            observations.pipeline = paces.pipeline
            and observations.stage = paces.stage
),

final as (
    select
        segment_name,
        segment_value,
        pipeline,
        stage,
        count(*) filter (where is_open) as open_deals,
        sum(amount) filter (where is_open) as open_amount,
        count(*) filter (where is_open and is_amount_assumed) as open_deals_without_amount,
        percentile_cont(0.5) within group (order by case when is_open then days_in_stage end)
            as median_open_days,
        percentile_cont(0.9) within group (order by case when is_open then days_in_stage end)
            as p90_open_days,
        count(won_days) as won_visits,
        case
            when count(won_days) >= {{ fewest_visits }}
                then percentile_cont(0.5) within group (order by won_days)
        end as won_median_days,
        case
            when count(won_days) >= {{ fewest_visits }}
                then percentile_cont(0.75) within group (order by won_days)
        end as won_p75_days,
        case
            when count(won_days) >= {{ fewest_visits }}
                then percentile_cont(0.9) within group (order by won_days)
        end as won_p90_days,
        count(*) filter (where is_open and is_stalled) as stalled_deals,
        sum(amount) filter (where is_open and is_stalled) as stalled_amount,
        sum(days_over_median) filter (where is_open) as blocked_days,
        -- rounded per deal, so that segments add up to the cent
        sum(cast(amount * days_over_median as decimal(18, 2))) filter (
            where is_open
        ) as blocked_amount_days,
        count(*) filter (where was_open) as open_before,
        count(*) filter (where was_open and is_stalled) as stalled_before,
        count(*) filter (where has_left) as exits,
        count(*) filter (where has_left and has_advanced) as advances,
        sum(amount) filter (where has_left) as exited_amount,
        count(*) filter (where had_left) as exits_before,
        count(*) filter (where had_left and has_advanced) as advances_before
    from compared
    group by segment_name, segment_value, pipeline, stage
)

select * from final
