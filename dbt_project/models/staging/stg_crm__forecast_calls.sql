with calls as (
    select * from {{ source('raw', 'forecast_calls') }}
),

settings as (
    select
        as_of_at,
        time_zone
    from {{ source('raw', 'run_settings') }}
),

readings as (
    select
        calls.owner_id,
        upper(trim(calls.fiscal_period)) as fiscal_period,
        lower(trim(calls.category)) as category,
        calls.submitted_at,
        {{ local_date('calls.submitted_at', 'settings.time_zone') }} as submitted_date,
        calls.amount,
        calls.currency,
        calls.source_name,
        extracts.known_at,
        extracts.known_at <= settings.as_of_at as is_known
    from calls
    inner join {{ ref('stg_crm__extracts') }} as extracts
        on
            calls.source_name = extracts.source_name
            and calls.extract_date = extracts.extract_date
    cross join settings
    where not calls.is_tombstone and calls.submitted_at < settings.as_of_at
),

-- What a call was before it was first landed is what it was then.
newest as (
    select * from readings
    qualify
        row_number() over (
            partition by owner_id, fiscal_period, category, submitted_at
            order by
                is_known desc,
                case when is_known then known_at end desc,
                known_at asc,
                source_name asc,
                amount desc
        ) = 1
),

final as (
    select
        owner_id,
        fiscal_period,
        category,
        submitted_at,
        submitted_date,
        amount,
        currency
    from newest
)

select * from final
