-- Unbroken stays of a deal in one stage, by days: the state at a day's end is that day's, so
-- several moves on one day are one move.
with marked as (
    select
        *,
        row_number() over by_time as version_no,
        coalesce(
            is_open
            and lag(is_open) over by_time
            and lag(stage) over by_time = stage
            and lag(valid_to) over by_time = valid_from,
            false
        ) as is_continued
    from {{ ref('int_forecast_versions') }}
    window by_time as (partition by deal_id order by valid_from)
),

numbered as (
    select
        *,
        sum(case when is_continued then 0 else 1 end)
            over (partition by deal_id order by valid_from)
            as stay_no
    from marked
),

stays as (
    select
        deal_id,
        stay_no,
        min(valid_from) as entered_date,
        case when count(valid_to) = count(*) then max(valid_to) end as exited_date,
        min(version_no) = 1 as is_first,
        min(stage) as stage,
        bool_or(is_open) as is_open,
        bool_or(is_won) as is_won
    from numbered
    group by deal_id, stay_no
)

select * from stays
