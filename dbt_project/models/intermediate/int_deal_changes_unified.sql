{{ config(materialized='incremental') }}
-- Every change of every tracked field up to the as-of date, after one row with the value before the
-- first of them. The time cut stands at the end, and only here: what a later change says of the
-- value before it is how the past is rewound.
with items as (
    select * from {{ ref('int_deal_readings') }}
),

settings as (
    select * from {{ source('raw', 'run_settings') }}
),

closing_stages as (
    select
        stage,
        bool_or(is_closed) as is_closing
    from {{ ref('int_stage_map') }}
    group by stage
),

first_values as (
    select
        items.deal_id,
        items.field,
        0 as change_no,
        cast(null as timestamp) as changed_at,
        {{ to_text('null') }} as old_value,
        case
            when items.is_reading and items.is_from_close then null
            when items.is_reading then items.item_value
            when items.old_value is not null then items.old_value
            when items.field = 'stage' and closing_stages.is_closing then null
            when
                items.field not in ('stage', 'pipeline') and recorded_fields.has_old_values
                then null
            else items.item_value
        end as new_value,
        case when items.old_value is null then 'assumed' else 'reconstructed' end as provenance
    from items
    left join {{ ref('int_recorded_fields') }} as recorded_fields
        on
            items.source_name = recorded_fields.source_name
            and items.field = recorded_fields.field
    left join closing_stages
        on items.field = 'stage' and items.item_value = closing_stages.stage
    where items.item_no = 1 and items.field <> 'result'
),

recorded as (
    select
        deal_id,
        field,
        item_no as change_no,
        item_at as changed_at,
        coalesce(old_value, case when item_no > 1 then previous_value end) as old_value,
        item_value as new_value,
        'observed' as provenance
    from items
    where
        not is_reading
        and field <> 'result'
        and (item_no = 1 or is_previous_reading or item_value is distinct from previous_value)
),

inferred as (
    select
        deal_id,
        field,
        item_no as change_no,
        changed_at,
        old_value,
        new_value,
        provenance
    from {{ ref('int_deal_changes_inferred') }}
),

changes as (
    select * from first_values
    where new_value is not null
    union all
    select * from recorded
    union all
    select * from inferred
),

final as (
    select
        changes.*,
        {{ local_date('changes.changed_at', 'settings.time_zone') }} as changed_date
    from changes
    cross join settings
    where changes.changed_at < settings.as_of_at or changes.change_no = 0
)

select * from final
