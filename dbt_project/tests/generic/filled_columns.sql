{#- A returned row lacks a value that all must have; of a view, no constraint can say so. -#}
{% test filled_columns(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
