{#- On Spark everything is a table: a full refresh is what it builds, and a view of views is planned anew by each of
    its readers, which took longer than writing it once. -#}
{% materialization incremental, adapter='spark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}

{% materialization view, adapter='spark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}
