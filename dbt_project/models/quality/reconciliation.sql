{% set reasons = ['excluded', 'deleted', 'merged'] %}

with deals as (
    select
        *,
        case when is_extract then -1 else 1 end as sign
    from {{ ref('int_reconciled_deals') }}
),

counted as (
    select
        source_name,
        extract_date,
        measure,
        cell_pipeline as pipeline,
        item,
        original_currency,
        {% for measured, of_deal in [('deals', 'deal_id'), ('amount', 'original_amount')] %}
            {% set total = 'count' if measured == 'deals' else 'sum' %}
            coalesce({{ total }}({{ of_deal }}) filter (where is_extract), 0)
                as extract_{{ measured }},
            {% for reason in reasons %}
                coalesce(
                    {{ total }}(case when reason = '{{ reason }}' then {{ of_deal }} end)
                    filter (where is_extract), 0
                ) as {{ reason }}_{{ measured }},
            {% endfor %}
            coalesce({{ total }}({{ of_deal }}) filter (where not is_extract), 0)
                as published_{{ measured }},
        {% endfor %}
        coalesce(sum(sign) filter (where reason = 'by_history'), 0) as by_history_deals,
        coalesce(sum(sign * original_amount) filter (where reason = 'by_history'), 0)
            as by_history_amount,
        count(*) filter (where not is_extract and original_amount is not null and amount is null)
            as unpriced_deals,
        coalesce(sum(original_amount) filter (where not is_extract and amount is null), 0)
            as unpriced_amount,
        coalesce(sum(amount) filter (where not is_extract), 0) as published_reporting_amount
    from deals
    group by source_name, extract_date, measure, cell_pipeline, item, original_currency
),

final as (
    select
        source_name,
        extract_date,
        measure,
        pipeline,
        item,
        original_currency,
        {% for measured, type in [('deals', 'bigint'), ('amount', 'decimal(18, 2)')] %}
            {% for part in ['extract'] + reasons + ['by_history', 'published'] %}
                cast({{ part }}_{{ measured }} as {{ type }}) as {{ part }}_{{ measured }},
            {% endfor %}
            cast(
                extract_{{ measured }} - excluded_{{ measured }} - deleted_{{ measured }}
                - merged_{{ measured }} + by_history_{{ measured }} - published_{{ measured }}
                as {{ type }}
            ) as difference_{{ measured }},
        {% endfor %}
        cast(unpriced_deals as bigint) as unpriced_deals,
        cast(unpriced_amount as decimal(18, 2)) as unpriced_amount,
        cast(published_reporting_amount as decimal(18, 2)) as published_reporting_amount
    from counted
)

select * from final
order by source_name, measure, pipeline, item, original_currency
