-- A returned row is a cycle of managers in the CRM. The hierarchy leaves out the manager_id named
-- here until the CRM is corrected.
{{ config(severity='warn') }}

select
    owner_id,
    manager_id,
    cycle_of_managers,
    valid_from,
    valid_to
from {{ ref('int_manager_cycles') }}
