{#- Values of history are text, as landing normalised them; what cannot be read is null. -#}
{% macro to_date(text) -%}
    try_cast({{ text }} as date)
{%- endmacro %}

{% macro to_decimal(text) -%}
    try_cast({{ text }} as decimal(18, 2))
{%- endmacro %}

{% macro to_text(value) -%}
    cast({{ value }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- The texts of a group joined into one, in the order of another column. -#}
{% macro join_texts(text, separator, order_by) %}
    {{- return(adapter.dispatch('join_texts')(text, separator, order_by)) -}}
{% endmacro %}

{% macro duckdb__join_texts(text, separator, order_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__join_texts(text, separator, order_by) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order_by }})
{%- endmacro %}
