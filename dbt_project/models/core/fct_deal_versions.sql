{{ config(materialized='incremental') }}
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

stages as (
    select * from {{ ref('dim_stages') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- An open deal is priced at the day's exchange rate, a closed one at that of its booking date.
priced as (
    select
        versions.*,
        versions.result = 'open' as is_open,
        case
            when
                versions.original_amount is not null
                and versions.original_currency <> settings.reporting_currency
                then versions.original_currency
        end as foreign_currency,
        versions.original_currency = settings.reporting_currency as is_in_reporting_currency,
        least(
            coalesce(versions.close_date, versions.close_known_date),
            {{ add_days('settings.as_of_date', -1) }}
        ) as booked_date,
        settings.as_of_date
    from {{ ref('int_deals_versioned') }} as versions
    cross join settings
    where versions.removal_kind is null
),

versions as (
    select
        *,
        case when is_open then valid_from else booked_date end as rated_from,
        case
            when is_open then coalesce(valid_to, as_of_date) else {{ add_days('booked_date', 1) }}
        end as rated_to
    from priced
),

rated as (
    select
        versions.*,
        case
            when versions.is_open then greatest(versions.valid_from, rates.valid_from)
            else versions.valid_from
        end as rated_valid_from,
        case
            when versions.is_open and rates.valid_to < versions.rated_to then rates.valid_to
            else versions.valid_to
        end as rated_valid_to,
        case when versions.is_in_reporting_currency then 1 else rates.rate_to_reporting end as rate
    from versions
    left join rates
        on
            versions.foreign_currency = rates.currency
            and versions.rated_to > rates.valid_from
            and versions.rated_from < rates.valid_to
),

final as (
    select
        rated.deal_id,
        rated.rated_valid_from as valid_from,
        rated.rated_valid_to as valid_to,
        rated.pipeline,
        rated.stage,
        rated.is_open,
        rated.result = 'won' as is_won,
        case
            when rated.is_in_reporting_currency then rated.original_amount
            else {{ to_amount('rated.original_amount * rated.rate') }}
        end as amount,
        rated.original_amount,
        rated.original_currency,
        rated.close_date,
        rated.owner_id,
        coalesce(rated.forecast_category, stages.forecast_category) as forecast_category,
        case rated.result
            when 'won' then 1.0 when 'lost' then 0.0 else stages.probability
        end as probability,
        rated.stage_provenance,
        rated.amount_provenance,
        rated.close_date_provenance,
        rated.owner_provenance,
        rated.forecast_category_provenance
    from rated
    left join stages on rated.pipeline = stages.pipeline and rated.stage = stages.stage
)

select * from final
