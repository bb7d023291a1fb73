-- Episodes at risk, from the stays of a deal in its stages: a move and a close on one day are a
-- close of the earlier stage.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

followed as (
    select
        *,
        lead(entered_date) over by_time as next_entered_date,
        lead(is_open) over by_time as next_is_open,
        lead(is_won) over by_time as next_is_won,
        lead(stage) over by_time as next_stage
    from {{ ref('int_forecast_stays') }}
    window by_time as (partition by deal_id order by stay_no)
),

-- Closed when they were first known of, or by the load that created them: nobody saw them at risk.
unseen as (
    select deals.deal_id
    from {{ ref('fct_deals') }} as deals
    left join {{ ref('int_forecast_import_days') }} as import_days
        on deals.created_date = import_days.created_date
    where deals.is_created_assumed or import_days.created_date is not null
),

at_risk as (
    select
        followed.*,
        case
            when not followed.is_open then case when followed.is_won then 'won' else 'lost' end
            when followed.exited_date is null then 'open'
            -- deleted and merged deals leave without a win, which is what a loss comes to
            when followed.next_entered_date is null then 'lost'
            when followed.next_entered_date > followed.exited_date then 'lost'
            when followed.next_is_open then 'moved'
            when followed.next_is_won then 'won'
            else 'lost'
        end as exit_kind,
        case
            when followed.is_open then coalesce(followed.exited_date, history.as_of_date)
            else followed.entered_date
        end as last_day
    from followed
    cross join history
    left join unseen on followed.deal_id = unseen.deal_id
    where
        followed.is_open
        or (followed.is_first and unseen.deal_id is null)  -- created and closed on one day
),

final as (
    select
        at_risk.deal_id,
        at_risk.stay_no as episode_no,
        segments.segment_key,
        at_risk.stage,
        at_risk.is_first,
        at_risk.entered_date,
        greatest(
            case
                when at_risk.is_first then at_risk.entered_date
                else {{ add_days('at_risk.entered_date', 1) }}
            end,
            history.history_start
        ) as first_day,
        at_risk.last_day,
        at_risk.exit_kind,
        case when at_risk.exit_kind = 'moved' then at_risk.next_stage end as next_stage
    from at_risk
    inner join {{ ref('int_deals_segmented') }} as segments on at_risk.deal_id = segments.deal_id
    cross join history
    where at_risk.last_day >= history.history_start
)

select * from final
