{#- An amount, or a share of more places, from a double; halves go away from zero. Each engine reads a half that a
    double cannot hold its own way; Spark takes DuckDB's: in units of the last place first, then whole ones. -#}
{% macro to_amount(value, places=2) %}
    {{- return(adapter.dispatch('to_amount')(value, places)) -}}
{% endmacro %}

{% macro duckdb__to_amount(value, places) -%}
    cast({{ value }} as decimal(18, {{ places }}))
{%- endmacro %}

{% macro spark__to_amount(value, places) -%}
    {%- set units = 'cast(round((' ~ value ~ ') * ' ~ 10 ** places ~ ') as decimal(24, 0))' -%}
    cast({{ units }} * 0.{{ '0' * (places - 1) }}1 as decimal(18, {{ places }}))
{%- endmacro %}
