{#- The newest value up to and including this row that is not null. -#}
{% macro last_value_ignore_nulls(value, partition_by, order_by) %}
    {{- return(adapter.dispatch('last_value_ignore_nulls')(value, partition_by, order_by)) -}}
{% endmacro %}

{% macro duckdb__last_value_ignore_nulls(value, partition_by, order_by) -%}
    last_value({{ value }} ignore nulls) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}

{% macro spark__last_value_ignore_nulls(value, partition_by, order_by) -%}
    last_value({{ value }}) ignore nulls over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
