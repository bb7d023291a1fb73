{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Every landed version of every deal, read straight from the lake and not through the models of
-- core: what they publish is laid beside it.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

extracts as (
    select
        source_name,
        extract_date,
        lag(known_at) over (partition by source_name order by extract_date) as previous_known_at
    from {{ source('raw', 'extracts') }}
),

versions as (
    select
        *,
        coalesce(pipeline, 'default') as known_pipeline,
        count(currency) over (partition by source_name) = 0 as has_one_currency,
        row_number() over (partition by deal_id order by extract_date) as version_no,
        lead(extract_date) over (partition by deal_id order by extract_date) as next_extract_date
    from {{ source('raw', 'deals') }}
),

final as (
    select
        versions.deal_id,
        versions.source_name,
        versions.source_deal_id,
        versions.deal_name,
        versions.extract_date,
        versions.next_extract_date,
        versions.known_pipeline as pipeline,
        coalesce(versions.stage, '(none)') as stage,
        versions.amount as original_amount,
        coalesce(
            versions.currency,
            case when versions.has_one_currency then settings.reporting_currency end,
            '(none)'
        ) as original_currency,
        case
            when coalesce(stage_map.is_decisive, false) and not stage_map.is_closed then 'open'
            when coalesce(stage_map.is_decisive, false)
                then
                    case
                        when coalesce(stage_map.is_won, versions.is_won, false) then 'won'
                        else 'lost'
                    end
            when versions.is_won and coalesce(versions.is_closed, true) then 'won'
            when
                coalesce(
                    versions.is_closed,
                    versions.is_won is not null and versions.closed_at is not null
                ) then 'lost'
            else 'open'
        end as result,
        coalesce(
            versions.close_date, {{ local_date('versions.closed_at', 'settings.time_zone') }}
        ) as booked_date,
        {{ local_date('versions.modified_at', 'settings.time_zone') }} as modified_date,
        case
            when versions.version_no > 1
                then {{ local_date('extracts.previous_known_at', 'settings.time_zone') }}
        end as previous_known_date,
        case
            when
                versions.merged_into_deal_id <> versions.deal_id
                and coalesce(versions.merged_at < settings.as_of_at, true) then 'merged'
            when
                coalesce(versions.is_deleted, versions.deleted_at is not null)
                and coalesce(versions.deleted_at < settings.as_of_at, true) then 'deleted'
        end as removal_kind
    from versions
    inner join extracts
        on
            versions.source_name = extracts.source_name
            and versions.extract_date = extracts.extract_date
    cross join settings
    left join {{ ref('int_stage_map') }} as stage_map
        on versions.known_pipeline = stage_map.pipeline and versions.stage = stage_map.stage
    where not versions.is_tombstone
)

select * from final
