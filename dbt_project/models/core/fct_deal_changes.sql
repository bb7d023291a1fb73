with changes as (
    select * from {{ ref('int_deal_changes_unified') }}
),

lifespans as (
    select deal_id from {{ ref('int_deal_lifespans') }}
),

final as (
    select
        changes.deal_id,
        changes.field,
        changes.change_no,
        changes.changed_at,
        changes.changed_date,
        changes.old_value,
        changes.new_value,
        changes.provenance
    from changes
    inner join lifespans on changes.deal_id = lifespans.deal_id
    where changes.change_no > 0 and changes.old_value is distinct from changes.new_value
)

select * from final
order by deal_id, changed_at, field, change_no
