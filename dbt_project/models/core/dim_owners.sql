with owners as (
    select * from {{ ref('int_owners_dated') }}
),

cycles as (
    select * from {{ ref('int_manager_cycles') }}
),

seen as (
    select owner_id from {{ ref('int_deals_versioned') }}
    where owner_id is not null
    union
    select leads.owner_id
    from {{ source('raw', 'leads') }} as leads
    inner join {{ ref('stg_crm__extracts') }} as extracts
        on leads.source_name = extracts.source_name and leads.extract_date = extracts.extract_date
    where leads.owner_id is not null
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
        is_active,
        joined_date
    from owners
    union all
    select
        owner_id,
        valid_from,
        {{ to_text('null') }} as owner_name,
        {{ to_text('null') }} as manager_id,
        {{ to_text('null') }} as team,
        cast(null as boolean) as is_active,
        cast(null as date) as joined_date
    from unlisted
),

dated as (
    select
        *,
        lead(valid_from) over (partition by owner_id order by valid_from) as valid_to
    from combined
),

open_deals as (
    select
        owner_id,
        cast(count(*) as integer) as open_deals
    from {{ ref('int_deals_versioned') }}
    where valid_to is null and result = 'open' and removal_kind is null
    group by owner_id
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
        cycles.cycle_of_managers,
        dated.joined_date,
        case
            when
                not bool_or(dated.is_active and dated.valid_to is null) over (
                    partition by dated.owner_id
                )
                then max(case when dated.is_active then dated.valid_to end) over (
                    partition by dated.owner_id
                )
        end as left_date,
        case when dated.valid_to is null then coalesce(open_deals.open_deals, 0) end as open_deals
    from dated
    left join open_deals on dated.owner_id = open_deals.owner_id
    left join cycles
        on
            dated.owner_id = cycles.owner_id
            and (cycles.valid_to is null or dated.valid_from < cycles.valid_to)
            and (dated.valid_to is null or dated.valid_to > cycles.valid_from)
)

select * from final
order by owner_id, valid_from
