-- A returned row is a deal whose shares in the CRM do not add to 1; they count in proportion.
{{ config(severity='warn') }}

select
    deal_id,
    valid_from,
    sum(recorded_share) as recorded_total
from {{ ref('fct_deal_splits') }}
where is_normalised
group by deal_id, valid_from
