{{ config(materialized='incremental') }}
-- Changes that no one recorded: an extract shows another value than what was known before it.
with items as (
    select * from {{ ref('int_deal_readings') }}
),

records as (
    select * from {{ ref('int_deal_records') }}
),

settings as (
    select time_zone from {{ source('raw', 'run_settings') }}
),

-- What was recorded after the extract's moment but delivered with it, the extract shows already.
differing as (
    select *
    from items
    where
        is_reading
        and (
            (item_no > 1 and item_value is distinct from previous_value)
            or (item_no = 1 and is_from_close)
        )
        and not coalesce(not is_next_reading and next_extract_date <= extract_date, false)
),

windowed as (
    select
        differing.*,
        records.result <> 'open' as is_closed,
        records.close_date,
        records.closed_at,
        records.modified_at,
        records.created_at,
        {{ just_before('records.known_at') }} as last_moment,
        greatest(records.previous_known_at, differing.previous_at) as first_moment,
        settings.time_zone
    from differing
    inner join records
        on differing.deal_id = records.deal_id and differing.extract_date = records.extract_date
    cross join settings
),

dated as (
    select
        *,
        {{ local_date('first_moment', 'time_zone') }} as first_date,
        {{ local_date('last_moment', 'time_zone') }} as last_date,
        {{ local_date('closed_at', 'time_zone') }} as closed_date,
        {{ local_date('modified_at', 'time_zone') }} as modified_date,
        {{ local_date('created_at', 'time_zone') }} as created_date,
        {{ day_start('close_date', 'time_zone') }} as close_date_at
    from windowed
),

-- A record last modified before its newest recorded change is older than its history, which then
-- stands. Only a close is always believed: it is what the company books.
final as (
    select
        deal_id,
        field,
        item_no,
        case when item_no > 1 then previous_value end as old_value,
        item_value as new_value,
        case
            when
                is_closed and closed_at <= last_moment
                and (first_date is null or closed_date >= first_date)
                then
                    greatest(
                        closed_at, first_moment,
                        case when created_date = closed_date then created_at end
                    )
            when
                is_closed and close_date <= last_date
                and (first_date is null or close_date >= first_date)
                then
                    greatest(
                        close_date_at, first_moment,
                        case when created_date = close_date then created_at end
                    )
            when modified_at <= last_moment and (first_date is null or modified_date >= first_date)
                then greatest(modified_at, first_moment)
            else last_moment
        end as changed_at,
        case when item_no > 1 then 'extract_diff' else 'assumed' end as provenance
    from dated
    where
        is_closed
        or item_no = 1
        or is_previous_reading
        or modified_at is null
        or modified_date >= first_date
)

select * from final
