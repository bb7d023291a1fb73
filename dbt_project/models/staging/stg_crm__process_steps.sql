with process_steps as (
    select * from {{ source('raw', 'process_steps') }}
),

final as (
    select
        coalesce(pipeline, 'default') as pipeline,
        stage,
        process_step
    from process_steps
    qualify row_number() over (
        partition by coalesce(pipeline, 'default'), stage
        order by source_name nulls first, process_step
    ) = 1
)

select * from final
