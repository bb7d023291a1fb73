{{ config(materialized='incremental') }}
{% set described = [
    'deal_id', 'pipeline', 'stage', 'is_open', 'is_won', 'amount', 'original_amount',
    'original_currency', 'close_date', 'owner_id', 'forecast_category'
] %}
{% set provenances = ['stage', 'amount', 'close_date', 'owner', 'forecast_category'] %}
with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

versions as (
    select
        versions.*,
        lifespans.first_seen_date,
        lag(versions.is_open) over (
            partition by versions.deal_id order by versions.valid_from
        ) as was_open,
        coalesce(versions.valid_to, settings.as_of_date) as known_until
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('int_deal_lifespans') }} as lifespans on versions.deal_id = lifespans.deal_id
    cross join settings
),

-- Every day of an open version; of a closed one only the day of the close.
spans as (
    select
        *,
        case when is_open then known_until else {{ add_days('valid_from', 1) }} end as valid_until
    from versions
    where is_open or coalesce(was_open, true)
    {% if is_night() %}
        -- What did not change, but is open, gets the days since the last build.
        union all
        select
            versions.* replace (night.previous_as_of_date as valid_from),
            lifespans.first_seen_date,
            true as was_open,
            settings.as_of_date as known_until,
            settings.as_of_date as valid_until
        from {{ ref_all('fct_deal_versions') }} as versions
        inner join {{ ref_all('int_deal_lifespans') }} as lifespans
            on versions.deal_id = lifespans.deal_id
        cross join night.settings as night
        cross join settings
        where
            versions.is_open and versions.valid_to is null
            and versions.deal_id not in (select touched.deal_id from night.touched as touched)
    {% endif %}
),

-- What a span's days share is computed once for all of them: from the day on which an extract first
-- showed the deal, what was assumed is carried forward.
pieces as (
    select
        *,
        false as is_seen,
        valid_from as first_date,
        coalesce(least(valid_until, first_seen_date), valid_until) as end_date
    from spans
    union all
    select
        *,
        true as is_seen,
        greatest(valid_from, first_seen_date) as first_date,
        valid_until as end_date
    from spans
    where first_seen_date < valid_until
),

described as (
    select
        {% for column in described %}
            {{ column }},
        {% endfor %}
        {% for field in provenances %}
            case
                when is_seen and {{ field }}_provenance = 'assumed' then 'carried_forward'
                else {{ field }}_provenance
            end as {{ field }}_provenance,
        {% endfor %}
        probability,
        first_date,
        end_date
    from pieces
    where first_date < end_date
),

days as (
    {{ explode_days('described', 'first_date', 'end_date') }}
),

final as (
    select
        date_day as snapshot_date,
        {% for column in described %}
            {{ column }},
        {% endfor %}
        {% for field in provenances %}
            {{ field }}_provenance,
        {% endfor %}
        probability
    from days
)

select * from final
