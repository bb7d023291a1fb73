-- A returned row is a version that begins before the one before it ended, or leaves a gap after it.
select
    deal_id,
    valid_from,
    previous_valid_to
from (
    select
        deal_id,
        valid_from,
        row_number() over (partition by deal_id order by valid_from) as version_no,
        lag(valid_to) over (partition by deal_id order by valid_from) as previous_valid_to
    from {{ ref('fct_deal_versions') }}
) as versions
where version_no > 1 and previous_valid_to is distinct from valid_from
