-- What each person committed to at the end of a day, and the day on which they said something else.
with daily as (
    select
        owner_id,
        fiscal_period,
        submitted_date,
        amount
    from {{ ref('fct_forecast_calls') }}
    where is_commit and is_period_known
    qualify
        row_number() over (
            partition by owner_id, fiscal_period, submitted_date
            order by submitted_at desc, category asc
        ) = 1
),

final as (
    select
        *,
        lead(submitted_date) over (
            partition by owner_id, fiscal_period order by submitted_date
        ) as replaced_date
    from daily
)

select * from final
