{{ config(materialized='incremental') }}
-- What extracts show of each tracked field, and what the CRM recorded of it, in one order of time:
-- a reading that differs from what stands before it shows a change that nobody recorded.
with recorded as (
    select * from {{ ref('stg_crm__deal_changes') }}
),

-- Deals that closed while their stage stayed an open one: only these need a result of their own.
closed_by_flag as (
    select distinct deal_id
    from {{ ref('int_deal_records') }}
    where not is_stage_decisive and result <> 'open'
),

readings as (
    select
        records.deal_id,
        records.source_name,
        fields.field,
        records.known_at as item_at,
        case fields.field
            when 'pipeline' then records.pipeline
            when 'stage' then records.stage
            when 'result' then records.result
            when 'amount' then {{ to_text('records.amount') }}
            when 'currency' then records.currency
            when 'close_date' then {{ to_text('records.close_date') }}
            when 'owner_id' then records.owner_id
            when 'forecast_category' then records.forecast_category
        end as item_value,
        {{ to_text('null') }} as old_value,
        true as is_reading,
        case fields.field
            when 'stage' then records.is_stage_decisive and records.result <> 'open'
            when 'amount' then habits.has_late_amounts and records.result <> 'open'
            when 'close_date' then habits.has_late_close_dates and records.result <> 'open'
            else fields.field in ('result', 'forecast_category') and records.result <> 'open'
        end as is_from_close,
        records.extract_date,
        0 as source_row
    from {{ ref('int_deal_records') }} as records
    inner join {{ ref('int_source_habits') }} as habits on records.source_name = habits.source_name
    cross join (
        values
        ('pipeline'), ('stage'), ('result'), ('amount'), ('currency'), ('close_date'),
        ('owner_id'), ('forecast_category')
    ) as fields (field)
    left join closed_by_flag on records.deal_id = closed_by_flag.deal_id
    where fields.field <> 'result' or closed_by_flag.deal_id is not null
),

items as (
    select * from readings
    union all
    select
        deal_id,
        source_name,
        field,
        changed_at as item_at,
        new_value as item_value,
        old_value,
        false as is_reading,
        false as is_from_close,
        extract_date,
        source_row
    from recorded
    union all
    -- a deal that moves to another stage is open, until an extract shows it closed
    select
        recorded.deal_id,
        recorded.source_name,
        'result' as field,
        recorded.changed_at as item_at,
        'open' as item_value,
        {{ to_text('null') }} as old_value,
        false as is_reading,
        false as is_from_close,
        recorded.extract_date,
        recorded.source_row
    from recorded
    inner join closed_by_flag on recorded.deal_id = closed_by_flag.deal_id
    where recorded.field = 'stage'
),

final as (
    select
        deal_id,
        source_name,
        field,
        item_at,
        item_value,
        old_value,
        is_reading,
        is_from_close,
        extract_date,
        row_number() over by_time as item_no,
        lag(item_at) over by_time as previous_at,
        lag(item_value) over by_time as previous_value,
        lag(is_reading) over by_time as is_previous_reading,
        lead(is_reading) over by_time as is_next_reading,
        lead(extract_date) over by_time as next_extract_date
    from items
    window by_time as (
        partition by deal_id, field order by item_at, is_reading, extract_date, source_row
    )
)

select * from final
