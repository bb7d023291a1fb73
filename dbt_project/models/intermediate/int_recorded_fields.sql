-- Where a source's changes carry old values, an empty one means that the field was empty.
with final as (
    select
        source_name,
        field,
        count(old_value) > 0 as has_old_values
    from {{ ref('stg_crm__deal_changes') }}
    group by source_name, field
)

select * from final
order by source_name, field
