with owners as (
    select * from {{ ref('stg_crm__owners') }}
),

seen as (
    select owner_id from {{ ref('int_deals_versioned') }}
    where owner_id is not null
    union
    select owner_id from {{ ref('stg_crm__leads') }}
    where owner_id is not null
),

unlisted as (
    select
        seen.owner_id,
        date '1900-01-01' as valid_from
    from seen
    left join owners on seen.owner_id = owners.owner_id
    where owners.owner_id is null
),

combined as (
    select
        owner_id,
        valid_from,
        owner_name,
        manager_id,
        team,
        is_active
    from owners
    union all
    select
        owner_id,
        valid_from,
        {{ to_text('null') }} as owner_name,
        {{ to_text('null') }} as manager_id,
        {{ to_text('null') }} as team,
        cast(null as boolean) as is_active
    from unlisted
),

final as (
    select
        owner_id,
        valid_from,
        lead(valid_from) over by_day as valid_to,
        owner_name,
        manager_id,
        team,
        is_active,
        lead(valid_from) over by_day is null as is_current
    from combined
    window by_day as (partition by owner_id order by valid_from)
)

select * from final
order by owner_id, valid_from
