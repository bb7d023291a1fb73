-- Where a chain of mergers ends. One that runs in a circle ends nowhere: its deals keep the deal
-- that they name.
with recursive mergers as (
    select
        deal_id,
        merged_into_deal_id
    from {{ ref('int_deal_removals') }}
    where removal_kind = 'merged'
),

chains as (
    select
        deal_id,
        merged_into_deal_id as survivor_deal_id,
        1 as steps
    from mergers
    union all
    select
        chains.deal_id,
        mergers.merged_into_deal_id as survivor_deal_id,
        chains.steps + 1 as steps
    from chains
    inner join mergers on chains.survivor_deal_id = mergers.deal_id
    where chains.steps < 50
),

ends as (
    select
        chains.deal_id,
        chains.survivor_deal_id
    from chains
    left join mergers on chains.survivor_deal_id = mergers.deal_id
    where mergers.deal_id is null
),

final as (
    select
        mergers.deal_id,
        coalesce(ends.survivor_deal_id, mergers.merged_into_deal_id) as survivor_deal_id
    from mergers
    left join ends on mergers.deal_id = ends.deal_id
)

select * from final
