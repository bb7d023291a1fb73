-- What a move to another stage does to the expected close date: whether it was changed with the
-- move, and the due state it leaves, as of the day after the move.
with stretches as (
    select * from {{ ref('int_forecast_stretches') }}
),

entries as (
    select *
    from stretches
    qualify row_number() over (partition by deal_id, episode_no order by from_day) = 1
),

moves as (
    select
        entries.from_day,
        entries.stage,
        coalesce(lefts.close_date <> entries.close_date, true)
        and (lefts.close_date is not null or entries.close_date is not null) as is_redated,
        {{ days_between('entries.from_day', 'entries.close_date') }} as days_left
    from stretches as lefts
    inner join entries
        on
            lefts.deal_id = entries.deal_id
            and lefts.episode_no + 1 = entries.episode_no
            and {{ add_days('lefts.to_day', 1) }} = entries.from_day
    where lefts.exit_kind = 'moved'
),

final as (
    select
        moves.from_day as day_date,
        moves.stage as next_stage,
        moves.is_redated,
        coalesce(dues.due_state, 0) as due_state,
        count(*) as deals
    from moves
    left join {{ ref('int_forecast_due_states') }} as dues
        on moves.days_left between dues.nearest_days and dues.furthest_days
    group by all
)

select * from final
