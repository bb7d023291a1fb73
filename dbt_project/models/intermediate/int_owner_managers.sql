-- Records that repeat the manager are one relation, also where a name or a team changed within it.
with owners as (
    select * from {{ ref('int_owners_dated') }}
),

changed as (
    select
        owner_id,
        manager_id,
        valid_from
    from owners
    qualify
        manager_id
        is distinct from lag(manager_id) over (partition by owner_id order by valid_from)
),

dated as (
    select
        *,
        lead(valid_from) over (partition by owner_id order by valid_from) as valid_to
    from changed
),

final as (
    select
        owner_id,
        manager_id,
        valid_from,
        valid_to
    from dated
    where manager_id is not null
)

select * from final
