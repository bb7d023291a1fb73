{{ config(materialized='incremental') }}
{% set fields = [
    'amount', 'currency', 'close_date', 'owner_id', 'forecast_category', 'amount_provenance',
    'close_date_provenance', 'owner_id_provenance', 'forecast_category_provenance',
] %}
{% set stage_columns = ['pipeline', 'stage', 'result', 'removal_kind', 'stage_provenance'] %}
{% set by_day = 'changed_date, row_no' %}

-- The whole state of each deal at the end of every day on which it changed, the day of its removal
-- included. '' stands for empty, since null means unchanged.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

days as (
    select
        deal_id,
        changed_date,
        1 as row_no,
        {{ fields | join(', ') }},
        {% for column in stage_columns %}
            {{ to_text('null') }} as {{ column }},
        {% endfor %}
        cast(null as timestamp) as close_known_at
    from {{ ref('int_deal_field_days') }}
    union all
    select
        deal_id,
        entered_date as changed_date,
        2 as row_no,
        {% for field in fields %}
            {{ to_text('null') }} as {{ field }},
        {% endfor %}
        pipeline,
        coalesce(stage, '') as stage,
        result,
        coalesce(removal_kind, '') as removal_kind,
        provenance as stage_provenance,
        close_known_at
    from {{ ref('int_deal_stage_states') }}
    where exited_date is null or exited_date > entered_date
),

-- A day has at most one row of fields, and one of the stage after it.
filled as (
    select
        deal_id,
        changed_date as valid_from,
        lead(changed_date) over (
            partition by deal_id order by {{ by_day }}
        ) as valid_to,
        {% for column in fields + stage_columns %}
            {{ last_value_ignore_nulls(column, 'deal_id', by_day) }} as {{ column }},
        {% endfor %}
        {{ last_value_ignore_nulls('close_known_at', 'deal_id', by_day) }} as close_known_at
    from days
),

final as (
    select
        filled.deal_id,
        filled.valid_from,
        filled.valid_to,
        filled.pipeline,
        nullif(filled.stage, '') as stage,
        filled.result,
        nullif(filled.removal_kind, '') as removal_kind,
        {{ to_decimal("nullif(filled.amount, '')") }} as original_amount,
        coalesce(
            nullif(filled.currency, ''),
            case when lifespans.has_one_currency then settings.reporting_currency end
        ) as original_currency,
        {{ to_date("nullif(filled.close_date, '')") }} as close_date,
        nullif(filled.owner_id, '') as owner_id,
        nullif(filled.forecast_category, '') as forecast_category,
        {% for field in ['stage', 'amount', 'close_date', 'owner_id', 'forecast_category'] %}
            case
                when filled.{{ field }}_provenance = 'extract_diff' then 'carried_forward'
                else filled.{{ field }}_provenance
            end as {{ field | replace('_id', '') }}_provenance,
        {% endfor %}
        case
            when filled.result <> 'open'
                then {{ local_date('filled.close_known_at', 'settings.time_zone') }}
        end as close_known_date
    from filled
    inner join {{ ref('int_deal_lifespans') }} as lifespans on filled.deal_id = lifespans.deal_id
    cross join settings
    where filled.valid_to is null or filled.valid_to > filled.valid_from
)

select * from final
