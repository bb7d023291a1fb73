-- A returned row is a visit that ended by a move but is not followed at once by a visit of the
-- stage moved to, or one that begins before the visit before it ended.
select
    deal_id,
    visit_no,
    exit_kind,
    exited_at,
    next_entered_at
from (
    select
        *,
        lead(entered_at) over (partition by deal_id order by visit_no) as next_entered_at,
        lead(stage) over (partition by deal_id order by visit_no) as next_visited_stage
    from {{ ref('fct_deal_stages') }}
) as visits
where
    (
        exit_kind in ('advance', 'back', 'moved_pipeline')
        and (
            next_entered_at is distinct from exited_at
            or next_visited_stage is distinct from next_stage
        )
    )
    or next_entered_at < coalesce(exited_at, timestamp '9999-12-31 00:00:00')
