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

-- What hardly any open deal has is filled in at the close: before it, it was not known.
sources as (
    select
        source_name,
        20 * count(case when result = 'open' then amount end)
        < count(case when result = 'open' then 1 end) as has_late_amounts,
        20 * count(case when result = 'open' then close_date end)
        < count(case when result = 'open' then 1 end) as has_late_close_dates,
        count(currency) = 0 as has_one_currency
    from decided
    where newest_no = 1
    group by source_name
),

final as (
    select
        decided.deal_id,
        decided.source_name,
        decided.extract_date,
        decided.known_at,
        decided.previous_known_at,
        decided.newest_no,
        decided.pipeline,
        decided.stage,
        decided.amount,
        decided.currency,
        decided.close_date,
        decided.owner_id,
        decided.forecast_category,
        decided.is_stage_decisive,
        decided.result,
        decided.created_at,
        decided.closed_at,
        decided.modified_at,
        sources.has_late_amounts,
        sources.has_late_close_dates,
        sources.has_one_currency
    from decided
    inner join sources on decided.source_name = sources.source_name
)

select * from final
