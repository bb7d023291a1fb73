{#- A night adds to a warehouse that was built before (orchestration/nights.py): schema `night` then lists in `touched`
    the deals whose history is computed anew, and models by deal, the incremental ones and views marked `by_deal`, hold
    there the rows of these deals. Without that schema, and on Spark, everything is built anew. -#}
{% macro is_night() -%}
    {{- return(night_relation('touched') is not none) -}}
{%- endmacro %}

{% macro night_relation(name) -%}
    {{- return(adapter.get_relation(target.database, 'night', name) if execute and target.type == 'duckdb' else none) -}}
{%- endmacro %}

{#- A model by deal reads what others by deal computed this night, and no more; `ref_all` gives all rows. -#}
{% macro ref() -%}
    {%- set relation = builtins.ref(*varargs, **kwargs) -%}
    {%- if execute and is_by_deal() -%}
        {{- return(night_relation(relation.identifier) or relation) -}}
    {%- endif -%}
    {{- return(relation) -}}
{%- endmacro %}

{% macro ref_all(name) -%}
    {{- return(builtins.ref(name)) -}}
{%- endmacro %}

{% macro is_by_deal() -%}
    {{- return(model.config.materialized == 'incremental' or model.config.get('meta', {}).get('by_deal', false)) -}}
{%- endmacro %}

{#- Rows of touched deals give way to those computed this night; a touched deal may have none any more. With a
    unique_key, so do rows of other deals that the model computed. -#}
{% materialization incremental, adapter='duckdb' %}
    {%- if not is_night() -%}
        {{ return(materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set computed = this.incorporate(path={'schema': 'night'}) -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace table {{ computed }} as ({{ sql }});
        delete from {{ this }} where deal_id in (select deal_id from night.touched);
        {%- if config.get('unique_key') %}
            delete from {{ this }} where {{ config.get('unique_key') }} in (
                select {{ config.get('unique_key') }} from {{ computed }}
            );
        {%- endif %}
        insert into {{ this }} by name from {{ computed }};
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [this, computed]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- if not (is_night() and is_by_deal()) -%}
        {{ return(materialization_view_default()) }}
    {%- endif -%}
    {%- set computed = this.incorporate(path={'schema': 'night'}) -%}
    {% call statement('main') -%}
        create or replace table {{ computed }} as
        select * from ({{ sql }}) where deal_id in (select deal_id from night.touched)
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [this, computed]}) }}
{% endmaterialization %}
