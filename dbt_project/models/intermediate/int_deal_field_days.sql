{{ config(materialized='view', meta={'by_deal': true}) }}
{% set fields = ['amount', 'currency', 'close_date', 'owner_id', 'forecast_category'] %}

-- The last value of each field on every day on which one changed, and how it is known; null where
-- it did not change, '' where it was emptied.
with lifespans as (
    select * from {{ ref('int_deal_lifespans') }}
),

changes as (
    select
        changes.deal_id,
        changes.field,
        changes.change_no,
        coalesce(changes.new_value, '') as new_value,
        changes.provenance,
        greatest(changes.changed_date, lifespans.started_date) as changed_date
    from {{ ref('int_deal_changes_unified') }} as changes
    inner join lifespans on changes.deal_id = lifespans.deal_id
    where
        changes.field in (
            {% for field in fields %}
                '{{ field }}'{{ '' if loop.last else ',' }}
            {% endfor %}
        )
        and (
            changes.change_no = 0
            or lifespans.removed_at is null
            or changes.changed_at <= lifespans.removed_at
        )
),

final as (
    select
        deal_id,
        {% for field in fields %}
            max_by(new_value, change_no) filter (where field = '{{ field }}') as {{ field }},
            max_by(provenance, change_no) filter (where field = '{{ field }}')
                as {{ field }}_provenance,
        {% endfor %}
        changed_date
    from changes
    group by deal_id, changed_date
)

select * from final
