with stages as (
    select * from {{ source('raw', 'stages') }}
),

-- A stage that was deleted in the CRM keeps its name and settings: past deals were in it.
final as (
    select
        coalesce(pipeline, 'default') as pipeline,
        stage,
        source_name,
        process_step,
        forecast_category,
        stage_order,
        probability,
        is_closed,
        is_won
    from stages
    where not is_tombstone
    qualify row_number() over (
        partition by coalesce(pipeline, 'default'), stage
        order by extract_date desc, source_name asc
    ) = 1
)

select * from final
