{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}
{% set extracts_shown = 31 %}

-- Open deals on the days of the newest extracts of each source: as the extract of that day showed
-- them, beside what is known of that day now. Both are priced at today's rates of that day.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

extracts as (
    select
        extracts.source_name,
        extracts.extract_date,
        {{ local_date(just_before('extracts.known_at'), 'settings.time_zone') }} as known_date,
        settings.reporting_currency
    from {{ source('raw', 'extracts') }} as extracts
    cross join settings
    where extracts.known_at <= settings.as_of_at
    qualify
        row_number() over (
            partition by extracts.source_name order by extracts.extract_date desc
        ) <= {{ extracts_shown }}
),

excluded as (
    select deal_id from {{ source('raw', 'excluded_deals') }}
    group by deal_id
),

as_was as (
    select
        extracts.source_name,
        extracts.extract_date,
        landed.deal_id,
        landed.pipeline,
        landed.stage,
        case
            when landed.original_currency = extracts.reporting_currency then landed.original_amount
            else {{ to_amount('landed.original_amount * rates.rate_to_reporting') }}
        end as amount
    from {{ ref('int_landed_deals') }} as landed
    inner join extracts
        on
            landed.source_name = extracts.source_name
            and landed.extract_date <= extracts.extract_date
            and coalesce(landed.next_extract_date, date '9999-12-31') > extracts.extract_date
    left join {{ ref('int_exchange_rates') }} as rates
        on
            landed.original_currency = rates.currency
            and extracts.known_date >= rates.valid_from
            and extracts.known_date < rates.valid_to
    left join excluded on landed.deal_id = excluded.deal_id
    where
        landed.result = 'open'
        and landed.removal_kind is null
        and excluded.deal_id is null
),

restated as (
    select
        extracts.source_name,
        extracts.extract_date,
        versions.deal_id,
        versions.pipeline,
        coalesce(versions.stage, '(none)') as stage,
        versions.amount
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('fct_deals') }} as deals on versions.deal_id = deals.deal_id
    inner join extracts
        on
            deals.source_name = extracts.source_name
            and versions.valid_from <= extracts.known_date
            and coalesce(versions.valid_to, date '9999-12-31') > extracts.known_date
    where versions.is_open
),

final as (
    select
        coalesce(as_was.source_name, restated.source_name) as source_name,
        coalesce(as_was.extract_date, restated.extract_date) as extract_date,
        coalesce(as_was.deal_id, restated.deal_id) as deal_id,
        as_was.deal_id is not null as is_open_as_was,
        restated.deal_id is not null as is_open_restated,
        as_was.pipeline as as_was_pipeline,
        as_was.stage as as_was_stage,
        as_was.amount as as_was_amount,
        restated.pipeline as restated_pipeline,
        restated.stage as restated_stage,
        restated.amount as restated_amount
    from as_was
    full outer join restated
        on as_was.deal_id = restated.deal_id and as_was.extract_date = restated.extract_date
)

select * from final
