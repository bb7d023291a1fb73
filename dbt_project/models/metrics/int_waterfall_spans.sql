{{ config(schema='intermediate', contract={'enforced': false}) }}

-- The pairs of days between which the pipeline's movement is told: each of the last 35 days, of the
-- last 53 weeks, and of the last nine fiscal periods, the running one up to now.
{% set days, weeks, periods = 35, 53, 9 %}
with settings as (
    select
        as_of_date,
        {{ add_days('as_of_date', -1) }} as newest_date
    from {{ source('raw', 'run_settings') }}
),

known as (
    select calendar.*
    from {{ ref('dim_dates') }} as calendar
    cross join settings
    where calendar.date_day < settings.as_of_date
),

ends as (
    select
        'day' as span_kind,
        date_day as closing_date,
        date_day as span_start
    from known
    union all
    select
        'week' as span_kind,
        max(date_day) as closing_date,
        min(date_day) as span_start
    from known
    group by {{ add_days('date_day', '1 - weekday') }}
    union all
    select
        'period' as span_kind,
        max(date_day) as closing_date,
        min(date_day) as span_start
    from known
    group by fiscal_period
),

final as (
    select
        span_kind,
        {{ add_days('span_start', -1) }} as opening_date,
        closing_date
    from ends
    qualify
        row_number() over (partition by span_kind order by closing_date desc)
        <= case span_kind
            when 'day' then {{ days }}
            when 'week' then {{ weeks }}
            else {{ periods }}
        end
)

select * from final
