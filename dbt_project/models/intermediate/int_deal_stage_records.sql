{{ config(materialized='view', meta={'by_deal': true}) }}
-- Pipeline, stage and result of each deal after every record that bears on them, its removal
-- included. Several may lie in one moment: then sort_no and change_no order them.
{% set by_time = 'sort_at, sort_no, change_no' %}
with lifespans as (
    select * from {{ ref('int_deal_lifespans') }}
),

stage_map as (
    select * from {{ ref('int_stage_map') }}
),

marks as (
    select
        changes.deal_id,
        changes.field,
        changes.change_no,
        changes.new_value,
        changes.provenance,
        greatest(changes.changed_at, lifespans.started_at) as sort_at,
        case changes.field when 'pipeline' then 1 when 'stage' then 2 else 3 end as sort_no
    from {{ ref('int_deal_changes_unified') }} as changes
    inner join lifespans on changes.deal_id = lifespans.deal_id
    where
        changes.field in ('pipeline', 'stage', 'result')
        and (
            lifespans.removed_at is null
            or changes.changed_at <= lifespans.removed_at
            or changes.change_no = 0
        )
    union all
    select
        deal_id,
        'removal' as field,
        0 as change_no,
        removal_kind as new_value,
        'observed' as provenance,
        greatest(removed_at, started_at) as sort_at,
        4 as sort_no
    from lifespans
    where removal_kind is not null
),

filled as (
    select
        *,
        {% for field in ['pipeline', 'stage'] -%}
        {{ last_value_ignore_nulls(
            "case when field = '" ~ field ~ "' then new_value end", 'deal_id', by_time
        ) }} as {{ field }},
        {% endfor -%}
        lead(field) over by_time as next_field,
        lead(sort_at) over by_time as next_at
    from marks
    window by_time as (partition by deal_id order by {{ by_time }})
),

-- A move to another pipeline shows in the stage entered with it. An assumed first stage gives way
-- to one recorded in the same moment.
settled as (
    select
        filled.*,
        case
            when filled.field = 'result' then filled.new_value
            when filled.field = 'removal' then null
            when stage_map.is_decisive and stage_map.is_closed
                then
                    case
                        when coalesce(stage_map.is_won, deals.is_won, false) then 'won' else 'lost'
                    end
            when stage_map.is_decisive or filled.field = 'stage' then 'open'
        end as own_result
    from filled
    inner join {{ ref('stg_crm__deals') }} as deals on filled.deal_id = deals.deal_id
    left join stage_map on filled.pipeline = stage_map.pipeline and filled.stage = stage_map.stage
    where
        not coalesce(
            filled.next_field = 'stage' and filled.next_at = filled.sort_at
            and (
                filled.field = 'pipeline'
                or (filled.change_no = 0 and filled.provenance = 'assumed')
            ),
            false
        )
),

final as (
    select
        *,
        coalesce({{ last_value_ignore_nulls('own_result', 'deal_id', by_time) }}, 'open') as result
    from settled
)

select * from final
