with owners as (
    select * from {{ ref('stg_crm__owners') }}
),

cycles as (
    select * from {{ ref('int_manager_cycles') }}
),

seen as (
    select owner_id from {{ ref('int_deals_versioned') }}
    where owner_id is not null
    union
    select owner_id from {{ ref('stg_crm__leads') }}
    where owner_id is not null
    union
    select owner_id from {{ ref('stg_crm__deal_splits') }}
    union
    select manager_id as owner_id from {{ ref('int_owner_managers') }}
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

dated as (
    select
        *,
        lead(valid_from) over (partition by owner_id order by valid_from) as valid_to
    from combined
),

final as (
    select
        dated.owner_id,
        dated.valid_from,
        dated.valid_to,
        dated.owner_name,
        dated.manager_id,
        dated.team,
        dated.is_active,
        dated.valid_to is null as is_current,
        cycles.owner_id is not null as is_manager_left_out,
        cycles.cycle_of_managers
    from dated
    left join cycles
        on
            dated.owner_id = cycles.owner_id
            and (cycles.valid_to is null or dated.valid_from < cycles.valid_to)
            and (dated.valid_to is null or dated.valid_to > cycles.valid_from)
)

select * from final
order by owner_id, valid_from
