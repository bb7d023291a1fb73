with recursive owners as (
    select owner_id
    from {{ ref('dim_owners') }}
    where is_current
),

-- A relation that would close a cycle counts from the day on which the cycle is gone.
managers as (
    select
        managers.owner_id,
        managers.manager_id,
        case
            when cycles.owner_id is null then managers.valid_from else cycles.valid_to
        end as valid_from,
        coalesce(managers.valid_to, date '9999-12-31') as valid_to
    from {{ ref('int_owner_managers') }} as managers
    left join {{ ref('int_manager_cycles') }} as cycles
        on managers.owner_id = cycles.owner_id and managers.valid_from = cycles.valid_from
),

chains as (
    select
        owner_id,
        manager_id as ancestor_id,
        1 as depth,
        valid_from,
        valid_to
    from managers
    where valid_from < valid_to
    union all
    select
        chains.owner_id,
        managers.manager_id as ancestor_id,
        chains.depth + 1 as depth,
        greatest(chains.valid_from, managers.valid_from) as valid_from,
        least(chains.valid_to, managers.valid_to) as valid_to
    from chains
    inner join managers
        on
            chains.ancestor_id = managers.owner_id
            and chains.valid_from < managers.valid_to
            and chains.valid_to > managers.valid_from
    where managers.valid_from < managers.valid_to
),

-- Who stays an ancestor while someone between the two changes has one interval.
started as (
    select
        *,
        case
            when
                valid_from = lag(valid_to) over by_day
                and depth = lag(depth) over by_day
                then 0
            else 1
        end as is_start
    from chains
    window by_day as (partition by owner_id, ancestor_id order by valid_from)
),

stretches as (
    select
        *,
        sum(is_start) over (
            partition by owner_id, ancestor_id order by valid_from
        ) as stretch_no
    from started
),

final as (
    select
        owner_id,
        owner_id as ancestor_id,
        0 as depth,
        date '1900-01-01' as valid_from,
        cast(null as date) as valid_to,
        true as is_current
    from owners
    union all
    select
        owner_id,
        ancestor_id,
        max(depth) as depth,
        min(valid_from) as valid_from,
        nullif(max(valid_to), date '9999-12-31') as valid_to,
        max(valid_to) = date '9999-12-31' as is_current
    from stretches
    group by owner_id, ancestor_id, stretch_no
)

select * from final
order by owner_id, ancestor_id, valid_from
