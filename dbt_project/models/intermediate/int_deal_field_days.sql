{{ config(materialized='view') }}

-- The last value of each field on every day on which one changed; null where it did not change, ''
-- where it was emptied.
with lifespans as (
    select * from {{ ref('int_deal_lifespans') }}
),

changes as (
    select
        changes.deal_id,
        changes.field,
        changes.change_no,
        coalesce(changes.new_value, '') as new_value,
        greatest(changes.changed_date, lifespans.started_date) as changed_date
    from {{ ref('int_deal_changes_unified') }} as changes
    inner join lifespans on changes.deal_id = lifespans.deal_id
    where
        changes.field in ('amount', 'currency', 'close_date', 'owner_id', 'forecast_category')
        and (
            changes.change_no = 0
            or lifespans.removed_at is null
            or changes.changed_at <= lifespans.removed_at
        )
),

final as (
    select
        deal_id,
        changed_date,
        max_by(new_value, change_no) filter (where field = 'amount') as amount,
        max_by(new_value, change_no) filter (where field = 'currency') as currency,
        max_by(new_value, change_no) filter (where field = 'close_date') as close_date,
        max_by(new_value, change_no) filter (where field = 'owner_id') as owner_id,
        max_by(new_value, change_no) filter (where field = 'forecast_category') as forecast_category
    from changes
    group by deal_id, changed_date
)

select * from final
