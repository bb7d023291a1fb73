-- A returned row is a person who has left and to whom open deals still belong.
{{ config(severity='warn') }}

select
    owner_id,
    left_date,
    open_deals
from {{ ref('dim_owners') }}
where is_current and not is_active and open_deals > 0
