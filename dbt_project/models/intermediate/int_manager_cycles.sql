-- From every person up through the managers of the same days, until someone comes a second time.
-- A cycle is met from each of its people; it is told from the one whose manager is left out.
with recursive managers as (
    select
        owner_id,
        manager_id,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ ref('int_owner_managers') }}
),

people as (
    select owner_id from managers
    union
    select manager_id as owner_id from managers
),

-- Numbers keep a path readable by machine, whatever ids look like.
numbered as (
    select
        owner_id,
        '|' || {{ to_text('row_number() over (order by owner_id)') }} || '|' as mark
    from people
),

links as (
    select
        managers.*,
        below.mark as owner_mark,
        above.mark as manager_mark
    from managers
    inner join numbered as below on managers.owner_id = below.owner_id
    inner join numbered as above on managers.manager_id = above.owner_id
),

walks as (
    select
        owner_id,
        manager_id,
        valid_from,
        valid_to,
        owner_mark,
        manager_id as reached_id,
        manager_mark as reached_mark,
        owner_mark as path,
        owner_id || ' > ' || manager_id as cycle_of_managers,
        valid_from as newest_from,
        owner_id as newest_id
    from links
    union all
    select
        walks.owner_id,
        walks.manager_id,
        greatest(walks.valid_from, links.valid_from) as valid_from,
        least(walks.valid_to, links.valid_to) as valid_to,
        walks.owner_mark,
        links.manager_id as reached_id,
        links.manager_mark as reached_mark,
        walks.path || links.owner_mark as path,
        walks.cycle_of_managers || ' > ' || links.manager_id as cycle_of_managers,
        greatest(walks.newest_from, links.valid_from) as newest_from,
        case
            when links.valid_from > walks.newest_from then links.owner_id
            when links.valid_from = walks.newest_from then least(links.owner_id, walks.newest_id)
            else walks.newest_id
        end as newest_id
    from walks
    inner join links
        on
            walks.reached_id = links.owner_id
            and walks.valid_from < links.valid_to
            and walks.valid_to > links.valid_from
    where walks.path not like '%' || walks.reached_mark || '%'
),

final as (
    select
        owner_id,
        manager_id,
        cycle_of_managers,
        valid_from,
        nullif(valid_to, date '9999-12-31') as valid_to
    from walks
    where reached_mark = owner_mark and newest_id = owner_id
)

select * from final
