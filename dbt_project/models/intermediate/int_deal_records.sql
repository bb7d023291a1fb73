{{ config(materialized='incremental') }}
-- Each landed version of a deal as a reading of its fields at one moment.
with extracts as (
    select * from {{ ref('stg_crm__extracts') }}
),

stage_map as (
    select * from {{ ref('int_stage_map') }}
),

records as (
    select
        records.*,
        extracts.known_at,
        case
            when
                row_number() over (partition by records.deal_id order by records.extract_date) > 1
                then extracts.previous_known_at
        end as previous_known_at,
        coalesce(stage_map.is_decisive, false) as is_stage_decisive,
        case
            when records.is_won and coalesce(records.is_closed, true) then 'won'
            when
                coalesce(
                    records.is_closed, records.is_won is not null and records.closed_at is not null
                ) then 'lost'
            else 'open'
        end as flag_result,
        case
            when not stage_map.is_closed then 'open'
            when coalesce(stage_map.is_won, records.is_won, false) then 'won'
            else 'lost'
        end as stage_result,
        row_number() over (
            partition by records.deal_id order by records.extract_date desc
        ) as newest_no
    from {{ ref('stg_crm__deal_records') }} as records
    inner join extracts
        on
            records.source_name = extracts.source_name
            and records.extract_date = extracts.extract_date
    left join stage_map on records.pipeline = stage_map.pipeline and records.stage = stage_map.stage
    where not records.is_tombstone
),

decided as (
    select
        *,
        case when is_stage_decisive then stage_result else flag_result end as result
    from records
),

final as (
    select
        deal_id,
        source_name,
        extract_date,
        known_at,
        previous_known_at,
        newest_no,
        pipeline,
        stage,
        amount,
        currency,
        close_date,
        owner_id,
        forecast_category,
        is_stage_decisive,
        result,
        created_at,
        closed_at,
        modified_at
    from decided
)

select * from final
