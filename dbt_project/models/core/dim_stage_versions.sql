-- What a CRM said of its stages, extract after extract: only versions that differ begin a row.
with extracts as (
    select * from {{ ref('stg_crm__extracts') }}
),

settings as (
    select * from {{ source('raw', 'run_settings') }}
),

known as (
    select
        coalesce(stages.pipeline, 'default') as pipeline,
        stages.stage,
        stages.source_name,
        stages.stage_order,
        stages.process_step,
        stages.probability,
        stages.is_closed,
        stages.is_won,
        stages.forecast_category,
        stages.is_tombstone as is_deleted,
        extracts.previous_known_at is null as is_first_extract,
        {{ local_date(just_before('extracts.known_at'), 'settings.time_zone') }} as known_date
    from {{ source('raw', 'stages') }} as stages
    inner join extracts
        on
            stages.source_name = extracts.source_name
            and stages.extract_date = extracts.extract_date
    cross join settings
    where extracts.known_at <= settings.as_of_at
),

-- What the first extract says may hold since ever: nothing older is known.
final as (
    select
        pipeline,
        stage,
        source_name,
        case when is_first_extract then date '1900-01-01' else known_date end as valid_from,
        lead(known_date) over (
            partition by source_name, pipeline, stage order by known_date
        ) as valid_to,
        stage_order,
        process_step,
        probability,
        is_closed,
        is_won,
        forecast_category,
        is_deleted
    from known
)

select * from final
order by source_name, pipeline, stage, valid_from
