with owners as (
    select * from {{ source('raw', 'owners') }}
),

settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

-- A row without a day holds always.
dated as (
    select
        *,
        coalesce(valid_from, date '1900-01-01') as known_valid_from,
        max(case when is_tombstone then extract_date end) over (
            partition by owner_id, valid_from
        ) as gone_date
    from owners
),

-- A person who is gone from the CRM keeps name and team: past deals were theirs.
final as (
    select
        dated.owner_id,
        dated.manager_id,
        dated.owner_name,
        dated.email,
        dated.team,
        coalesce(dated.is_active, true)
        and not coalesce(dated.gone_date > dated.extract_date, false) as is_active,
        dated.known_valid_from as valid_from
    from dated
    cross join settings
    where not dated.is_tombstone and dated.known_valid_from < settings.as_of_date
    qualify row_number() over (
        partition by dated.owner_id, dated.known_valid_from order by dated.extract_date desc
    ) = 1
)

select * from final
