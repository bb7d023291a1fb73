{% set traits = ['owner_name', 'manager_id', 'team', 'is_active'] %}

with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

-- A record that is gone keeps what it last said: past deals were the person's.
records as (
    select
        owners.owner_id,
        owners.valid_from as recorded_from,
        {% for trait in traits %}
            case
                when owners.is_tombstone
                    then
                        lag(owners.{{ trait }}) over (
                            partition by owners.owner_id, owners.valid_from
                            order by owners.extract_date
                        )
                else owners.{{ trait }}
            end as {{ trait }},
        {% endfor %}
        owners.is_tombstone,
        {{ local_date(just_before('extracts.known_at'), 'settings.time_zone') }} as seen_date,
        extracts.previous_known_at is null as is_first_extract,
        row_number() over (
            partition by owners.owner_id, owners.valid_from order by owners.extract_date
        ) as version_no,
        row_number() over (
            partition by owners.owner_id, owners.valid_from order by owners.extract_date desc
        ) as newest_no
    from {{ ref('stg_crm__owners') }} as owners
    inner join {{ ref('stg_crm__extracts') }} as extracts
        on
            owners.source_name = extracts.source_name
            and owners.extract_date = extracts.extract_date
    cross join settings
),

people as (
    select
        owner_id,
        bool_or(recorded_from is not null) as has_dates,
        bool_or(newest_no = 1 and not is_tombstone) as is_listed,
        max(case when newest_no = 1 then seen_date end) as gone_date,
        coalesce(
            min(recorded_from),
            min(case when version_no = 1 and not is_first_extract then seen_date end)
        ) as joined_date
    from records
    group by owner_id
),

-- Where the CRM keeps no days, each extract that shows something else begins another interval.
-- Else its own days count, as the newest extract has them: a record that is gone was corrected,
-- unless the person is.
dated as (
    select
        records.owner_id,
        {% for trait in traits %}
            records.{{ trait }},
        {% endfor %}
        people.joined_date,
        case
            when records.recorded_from is not null then records.recorded_from
            when people.has_dates or records.version_no = 1 then date '1900-01-01'
            else records.seen_date
        end as valid_from,
        records.is_tombstone and not people.has_dates as is_gone,
        case when people.has_dates and not people.is_listed then people.gone_date end as gone_date
    from records
    inner join people on records.owner_id = people.owner_id
    where
        not people.has_dates
        or (records.newest_no = 1 and not (records.is_tombstone and people.is_listed))
),

combined as (
    select * from dated
    union all
    select
        owner_id,
        {{ traits | join(', ') }},
        joined_date,
        greatest(valid_from, gone_date) as valid_from,
        true as is_gone,
        gone_date
    from dated
    where gone_date is not null
    qualify row_number() over (partition by owner_id order by valid_from desc) = 1
),

final as (
    select
        combined.owner_id,
        combined.owner_name,
        combined.manager_id,
        combined.team,
        combined.is_active and not combined.is_gone as is_active,
        combined.joined_date,
        combined.valid_from
    from combined
    cross join settings
    where combined.valid_from < settings.as_of_date
    qualify row_number() over (
        partition by combined.owner_id, combined.valid_from order by combined.is_gone desc
    ) = 1
)

select * from final
