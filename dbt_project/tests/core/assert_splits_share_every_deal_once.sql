-- A returned row is a deal and day from which its shares add to something else than 1, or on which
-- it is shared although no version of it holds, or the reverse.
with moves as (
    select
        deal_id,
        valid_from as moved_date,
        share as step
    from {{ ref('fct_deal_splits') }}
    union all
    select
        deal_id,
        valid_to as moved_date,
        -share as step
    from {{ ref('fct_deal_splits') }}
    where valid_to is not null
    union all
    select
        deal_id,
        valid_from as moved_date,
        -1 as step
    from {{ ref('fct_deal_versions') }}
    union all
    select
        deal_id,
        valid_to as moved_date,
        1 as step
    from {{ ref('fct_deal_versions') }}
    where valid_to is not null
)

select
    deal_id,
    moved_date,
    sum(step) as missing_share
from moves
group by deal_id, moved_date
having sum(step) <> 0
