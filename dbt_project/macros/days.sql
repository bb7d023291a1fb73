{#- Whole days from one day to another, as an integer. -#}
{% macro days_between(first_day, last_day) %}
    {{- return(adapter.dispatch('days_between')(first_day, last_day)) -}}
{% endmacro %}

{% macro duckdb__days_between(first_day, last_day) -%}
    cast(date_diff('day', cast({{ first_day }} as date), cast({{ last_day }} as date)) as integer)
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    datediff(cast({{ last_day }} as date), cast({{ first_day }} as date))
{%- endmacro %}

{#- The day so many days after another. -#}
{% macro add_days(day, days) %}
    {{- return(adapter.dispatch('add_days')(day, days)) -}}
{% endmacro %}

{% macro duckdb__add_days(day, days) -%}
    (cast({{ day }} as date) + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add(cast({{ day }} as date), cast({{ days }} as int))
{%- endmacro %}

{#- Every row of a relation once per day from its start column up to, not including, its end column;
    the day is `date_day`. -#}
{% macro explode_days(relation, start_col, end_col) %}
    {{- return(adapter.dispatch('explode_days')(relation, start_col, end_col)) -}}
{% endmacro %}

{% macro duckdb__explode_days(relation, start_col, end_col) %}
    select
        *,
        {{ start_col }}
        + cast(unnest(range(date_diff('day', {{ start_col }}, {{ end_col }}))) as integer) as date_day
    from {{ relation }}
{%- endmacro %}

{% macro spark__explode_days(relation, start_col, end_col) %}
    select
        *,
        explode(sequence({{ start_col }}, date_sub({{ end_col }}, 1))) as date_day
    from {{ relation }}
    where {{ start_col }} < {{ end_col }}
{%- endmacro %}
