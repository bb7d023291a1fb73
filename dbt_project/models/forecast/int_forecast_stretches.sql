-- An episode's days, cut where the amount or the expected close date changes. What holds on a day
-- is what was recorded before it; on the day of creation it is the first record.
with attributes as (
    select * from {{ ref('int_forecast_attributes') }}
),

joined as (
    select
        episodes.*,
        versions.amount,
        case when attributes.has_expected_dates then versions.close_date end as close_date,
        case
            when not attributes.has_amount_classes then 1
            when versions.amount is null then 0
            when versions.amount <= attributes.amount_p50 then 1
            when versions.amount <= attributes.amount_p80 then 2
            when versions.amount <= attributes.amount_p95 then 3
            else 4
        end as amount_class,
        greatest(
            episodes.first_day,
            case
                when episodes.is_first and versions.valid_from = episodes.entered_date
                    then versions.valid_from
                else {{ add_days('versions.valid_from', 1) }}
            end
        ) as from_day,
        least(episodes.last_day, coalesce(versions.valid_to, episodes.last_day)) as to_day
    from {{ ref('int_forecast_episodes') }} as episodes
    inner join {{ ref('int_forecast_versions') }} as versions
        on
            episodes.deal_id = versions.deal_id
            and episodes.entered_date <= versions.valid_from
            and (
                episodes.last_day > versions.valid_from
                or episodes.entered_date = versions.valid_from
            )
    cross join attributes
),

final as (
    select
        deal_id,
        episode_no,
        segment_key,
        stage,
        is_first and from_day = entered_date as is_creation,
        entered_date,
        from_day,
        to_day,
        amount,
        amount_class,
        close_date,
        case when to_day = last_day then exit_kind end as exit_kind,
        case when to_day = last_day then next_stage end as next_stage
    from joined
    where from_day <= to_day
)

select * from final
