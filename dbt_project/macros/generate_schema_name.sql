{#- Schemas are named as the folders say, without the target's prefix: BI tools query core, not main_core. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name else target.schema }}
{%- endmacro %}
