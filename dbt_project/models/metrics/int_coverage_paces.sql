{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- What was usual at the same day_n of the periods before: coverage of up to four, bookings of four
-- to eight.
{% set coverage_periods, pace_periods, fewest_periods = 4, 8, 4 %}
with standings as (
    select * from {{ ref('int_coverage_standings') }}
),

finals as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        booked_amount
    from standings
    where periods_ago > 0 and day_n = 90
),

compared as (
    select
        told.segment_name,
        told.segment_value,
        told.fiscal_period,
        told.snapshot_date,
        case
            when past.periods_ago - told.periods_ago <= {{ coverage_periods }} then past.coverage
        end as coverage,
        past.booked_amount,
        case
            when finals.booked_amount > 0
                then
                    {{ to_amount('cast(past.booked_amount as double) / finals.booked_amount', 6) }}
        end as booked_share
    from standings as told
    inner join standings as past
        on
            told.segment_name = past.segment_name
            and told.segment_value = past.segment_value
            and told.day_n = past.day_n
            and told.periods_ago < past.periods_ago
            and told.periods_ago + {{ pace_periods }} >= past.periods_ago
            and past.periods_ago > 0
    inner join finals
        on
            past.segment_name = finals.segment_name
            and past.segment_value = finals.segment_value
            and past.fiscal_period = finals.fiscal_period
    where told.is_told
),

final as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        snapshot_date,
        cast(sum(coverage) as double) / nullif(count(coverage), 0) as usual_coverage,
        case
            when count(booked_share) >= {{ fewest_periods }}
                then cast(sum(booked_share) as double) / count(booked_share)
        end as usual_booked_share,
        case
            when count(*) >= {{ fewest_periods }}
                then cast(sum(booked_amount) as double) / count(*)
        end as usual_booked_amount
    from compared
    group by segment_name, segment_value, fiscal_period, snapshot_date
)

select * from final
