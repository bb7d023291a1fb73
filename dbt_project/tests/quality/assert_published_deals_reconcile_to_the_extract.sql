-- A returned row is a stage or fiscal period of a source whose published deals or money are not
-- those of its newest extract, after every deal that is left out for a reason named there.
select
    source_name,
    measure,
    pipeline,
    item,
    original_currency,
    difference_deals,
    difference_amount
from {{ ref('reconciliation') }}
where difference_deals <> 0 or difference_amount <> 0
