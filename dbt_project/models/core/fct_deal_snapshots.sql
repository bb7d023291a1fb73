{{ config(materialized='view') }}
{% set described = [
    'pipeline', 'stage', 'is_open', 'is_won', 'amount', 'original_amount', 'original_currency',
    'close_date', 'owner_id', 'forecast_category'
] %}
{% set provenances = ['stage', 'amount', 'close_date', 'owner', 'forecast_category'] %}
with days as (
    select * from {{ ref('int_deal_days') }}
),

versions as (
    select * from {{ ref('fct_deal_versions') }}
),

lifespans as (
    select * from {{ ref('int_deal_lifespans') }}
),

-- From the day on which an extract first showed the deal, what was assumed is carried forward.
joined as (
    select
        days.snapshot_date,
        days.deal_id,
        {% for column in described %}
            versions.{{ column }},
        {% endfor %}
        {% for field in provenances %}
            case
                when
                    versions.{{ field }}_provenance = 'assumed'
                    and days.snapshot_date >= lifespans.first_seen_date
                    then 'carried_forward'
                else versions.{{ field }}_provenance
            end as {{ field }}_provenance,
        {% endfor %}
        versions.probability
    from days
    inner join versions
        on days.deal_id = versions.deal_id and days.valid_from = versions.valid_from
    inner join lifespans on days.deal_id = lifespans.deal_id
),

-- in the order of the yml, which a view does not put them in by itself
final as (
    select
        snapshot_date,
        deal_id,
        {% for column in described %}
            {{ column }},
        {% endfor %}
        probability,
        {% for field in provenances[:-1] %}
            {{ field }}_provenance,
        {% endfor %}
        {{ provenances[-1] }}_provenance
    from joined
)

select * from final
