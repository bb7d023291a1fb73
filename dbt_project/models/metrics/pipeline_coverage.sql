with standings as (
    select * from {{ ref('int_coverage_standings') }}
    where is_told
),

measured as (
    select
        standings.*,
        case
            when standings.quota_amount is null then 'no_quota'
            when standings.booked_amount >= standings.quota_amount then 'target_met'
            else 'remaining'
        end as coverage_status,
        cast(standings.quota_amount - standings.booked_amount as double)
        / nullif(rates.win_rate, 0)
        - cast(standings.open_amount as double) as still_needed_amount,
        cast(standings.booked_amount as double)
        / nullif(cast(standings.quota_amount as double), 0) as attainment,
        rates.win_rate,
        paces.usual_coverage,
        paces.usual_booked_share,
        paces.usual_booked_amount,
        leaders.leading_amount
    from standings
    inner join {{ ref('int_coverage_win_rates') }} as rates
        on
            standings.segment_name = rates.segment_name
            and standings.segment_value = rates.segment_value
            and standings.fiscal_period = rates.fiscal_period
    left join {{ ref('int_coverage_paces') }} as paces
        on
            standings.segment_name = paces.segment_name
            and standings.segment_value = paces.segment_value
            and standings.fiscal_period = paces.fiscal_period
            and standings.snapshot_date = paces.snapshot_date
    left join {{ ref('int_coverage_leaders') }} as leaders
        on
            standings.segment_name = leaders.segment_name
            and standings.segment_value = leaders.segment_value
            and standings.fiscal_period = leaders.fiscal_period
            and standings.snapshot_date = leaders.snapshot_date
),

final as (
    select
        snapshot_date,
        fiscal_period,
        period_start,
        period_end,
        day_n,
        segment_name,
        segment_value,
        cast(open_deals as bigint) as open_deals,
        cast(open_amount as decimal(18, 2)) as open_amount,
        cast(booked_deals as bigint) as booked_deals,
        cast(booked_amount as decimal(18, 2)) as booked_amount,
        quota_amount,
        coverage_status,
        round(cast(coverage as double), 6) as coverage,
        round(usual_coverage * 1000000) / 1000000 as usual_coverage,
        round(win_rate, 6) as win_rate,
        case
            when coverage_status = 'target_met' then cast(0 as decimal(18, 2))
            when coverage_status = 'remaining' and win_rate > 0
                then {{ to_amount('greatest(still_needed_amount, 0)') }}
        end as needed_amount,
        round(attainment, 6) as attainment,
        round(usual_booked_share * 1000000) / 1000000 as usual_booked_share,
        {{ to_amount('usual_booked_amount') }} as usual_booked_amount,
        round(attainment / nullif(usual_booked_share, 0), 6) as pacing,
        round(
            cast(leading_amount as double) / nullif(cast(open_amount as double), 0), 6
        ) as top_five_share,
        round(
            cast(squared_amount as double)
            / nullif(cast(open_amount as double) * cast(open_amount as double), 0),
            6
        ) as amount_concentration
    from measured
)

select * from final
order by snapshot_date, period_start, segment_name, segment_value
