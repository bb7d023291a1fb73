{{ config(materialized='incremental') }}
-- Narrow, since there are many: all else that a day holds is its version's.
with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

versions as (
    select
        deal_id,
        valid_from,
        valid_to,
        is_open,
        lag(is_open) over (partition by deal_id order by valid_from) as was_open
    from {{ ref('fct_deal_versions') }}
),

-- Every day of an open version; of a closed one only the day of the close.
spans as (
    select
        versions.deal_id,
        versions.valid_from,
        versions.valid_from as first_date,
        case
            when versions.is_open then coalesce(versions.valid_to, settings.as_of_date)
            else {{ add_days('versions.valid_from', 1) }}
        end as end_date
    from versions
    cross join settings
    where versions.is_open or coalesce(versions.was_open, true)
    {% if is_night() %}
        -- What did not change, but is open, gets the days since the last build.
        union all
        select
            versions.deal_id,
            versions.valid_from,
            night.previous_as_of_date as first_date,
            settings.as_of_date as end_date
        from {{ ref_all('fct_deal_versions') }} as versions
        cross join night.settings as night
        cross join settings
        where
            versions.is_open and versions.valid_to is null
            and versions.deal_id not in (select touched.deal_id from night.touched as touched)
    {% endif %}
),

days as (
    {{ explode_days('spans', 'first_date', 'end_date') }}
),

final as (
    select
        date_day as snapshot_date,
        deal_id,
        valid_from
    from days
)

select * from final
