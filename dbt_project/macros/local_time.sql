{#- The company's day of a UTC moment. -#}
{% macro local_date(moment, time_zone) %}
    {{- return(adapter.dispatch('local_date')(moment, time_zone)) -}}
{% endmacro %}

{% macro duckdb__local_date(moment, time_zone) -%}
    cast(({{ moment }} at time zone 'UTC') at time zone {{ time_zone }} as date)
{%- endmacro %}

{% macro spark__local_date(moment, time_zone) -%}
    cast(from_utc_timestamp({{ moment }}, {{ time_zone }}) as date)
{%- endmacro %}

{#- The UTC moment at which a day of the company starts. -#}
{% macro day_start(day, time_zone) %}
    {{- return(adapter.dispatch('day_start')(day, time_zone)) -}}
{% endmacro %}

{#- Where clocks go back from one o'clock to midnight, as in Havana, DuckDB takes the second midnight. -#}
{% macro duckdb__day_start(day, time_zone) -%}
    {%- set start -%}
        ((cast({{ day }} as timestamp) at time zone {{ time_zone }}) at time zone 'UTC')
    {%- endset -%}
    case
        when {{ duckdb__local_date('(' ~ start ~ ' - interval 1 hour)', time_zone) }} = cast({{ day }} as date)
            then {{ start }} - interval 1 hour
        else {{ start }}
    end
{%- endmacro %}

{% macro spark__day_start(day, time_zone) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), {{ time_zone }})
{%- endmacro %}

{#- The last moment before another: an extract taken at the end of a day belongs to that day. -#}
{% macro just_before(moment) -%}
    ({{ moment }} - interval 1 microsecond)
{%- endmacro %}
