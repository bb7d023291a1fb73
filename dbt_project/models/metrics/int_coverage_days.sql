{{ config(schema='intermediate', contract={'enforced': false}) }}

-- The days at whose end coverage is told: of the running fiscal period and the next one, every day
-- from the eve of the running period; of the eight before, ten landmarks. Twelve past periods are
-- also read at every day_n that is told, to compare with.
{% set told_periods, read_periods, landmark_days, last_day_n = 8, 12, 10, 90 %}
{% set past_day = 'round(compared.day_n * periods.last_day / ' ~ last_day_n ~ ')' %}
with settings as (
    select
        as_of_date,
        {{ add_days('as_of_date', -1) }} as newest_date
    from {{ source('raw', 'run_settings') }}
),

begun as (
    select
        fiscal_period,
        period_start,
        period_end,
        row_number() over (order by period_start desc) - 1 as periods_ago
    from {{ ref('int_reported_periods') }}
),

following as (
    select
        days.fiscal_period,
        days.period_start,
        days.period_end,
        -1 as periods_ago
    from {{ ref('dim_dates') }} as days
    cross join settings
    where days.date_day = days.period_start and days.period_start > settings.as_of_date
    qualify row_number() over (order by days.period_start) = 1
),

periods as (
    select
        *,
        {{ days_between('period_start', 'period_end') }} as last_day
    from begun
    where periods_ago <= {{ read_periods }}
    union all
    select
        *,
        {{ days_between('period_start', 'period_end') }} as last_day
    from following
),

live as (
    select
        periods.*,
        days.date_day as snapshot_date,
        cast(
            round(
                {{ days_between('periods.period_start', 'days.date_day') }}
                * {{ last_day_n }} / periods.last_day
            ) as integer
        ) as day_n
    from periods
    inner join begun as running on running.periods_ago = 0
    cross join settings
    inner join {{ ref('dim_dates') }} as days
        on
            {{ add_days('running.period_start', -1) }} <= days.date_day
            and settings.newest_date >= days.date_day
    where periods.periods_ago <= 0
),

compared as (
    select day_n from live
    union
    select day_n
    from {{ ref('dim_dates') }}
    where day_n % {{ landmark_days }} = 0
),

past as (
    select
        periods.*,
        {{ add_days('periods.period_start', past_day) }} as snapshot_date,
        compared.day_n
    from periods
    cross join compared
    where periods.periods_ago > 0
),

days as (
    select * from live
    union all
    select * from past
),

final as (
    select
        fiscal_period,
        period_start,
        period_end,
        cast(periods_ago as integer) as periods_ago,
        snapshot_date,
        day_n,
        periods_ago <= 0
        or (
            periods_ago <= {{ told_periods }}
            and day_n between 0 and {{ last_day_n }}
            and day_n % {{ landmark_days }} = 0
        ) as is_told
    from days
)

select * from final
