{#- An amount of two decimals from a double, halves away from zero. Each engine reads a half that a double cannot
    hold its own way; Spark takes DuckDB's: to cents first, then to a whole number. -#}
{% macro to_amount(value) %}
    {{- return(adapter.dispatch('to_amount')(value)) -}}
{% endmacro %}

{% macro duckdb__to_amount(value) -%}
    cast({{ value }} as decimal(18, 2))
{%- endmacro %}

{% macro spark__to_amount(value) -%}
    cast(cast(round(({{ value }}) * 100) as decimal(20, 0)) * 0.01 as decimal(18, 2))
{%- endmacro %}
