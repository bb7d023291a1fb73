-- A returned row is a span, close period and segment value whose movements do not lead from opening
-- to closing.
select
    span_kind,
    closing_date,
    fiscal_period,
    segment_name,
    segment_value,
    sum(case when bucket = 'closing' then -amount else amount end) as residual
from {{ ref('pipeline_waterfall') }}
group by span_kind, closing_date, fiscal_period, segment_name, segment_value
having sum(case when bucket = 'closing' then -amount else amount end) <> 0
