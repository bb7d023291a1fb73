with measures as (
    select * from {{ ref('int_funnel_measures') }}
),

segment_values as (
    select
        segment_name,
        segment_value,
        min(period_start) as first_period_start,
        -- Where no lead can have a value of the segment, leads are unknown and not 0.
        sum(sum(leads)) over (partition by segment_name) > 0 as has_leads
    from measures
    group by segment_name, segment_value
),

measured as (
    select
        periods.fiscal_period,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        segment_values.segment_name,
        segment_values.segment_value,
        case when segment_values.has_leads then coalesce(measures.leads, 0) end as leads,
        coalesce(measures.deals_created, 0) as deals_created,
        coalesce(measures.deals_won, 0) as deals_won,
        coalesce(measures.deals_lost, 0) as deals_lost,
        coalesce(measures.won_amount, 0) as won_amount,
        coalesce(measures.lost_amount, 0) as lost_amount,
        coalesce(measures.open_deals, 0) as open_deals_at_end,
        coalesce(measures.open_amount, 0) as open_amount_at_end,
        coalesce(measures.won_without_amount, 0) as won_deals_without_amount,
        coalesce(measures.open_without_amount, 0) as open_deals_without_amount,
        coalesce(measures.lifetime_deals, 0) as lifetime_deals,
        cast(measures.won_amount as double)
        / nullif(measures.deals_won - measures.won_without_amount, 0) as average_deal_amount,
        measures.median_won_amount as median_deal_amount,
        measures.trimmed_won_amount as trimmed_deal_amount,
        measures.deals_won / nullif(measures.deals_won + measures.deals_lost, 0) as close_rate,
        -- Where lost deals carry no amounts, the share of money would be 1 whatever was lost.
        case
            when measures.deals_lost = 0 or measures.positive_lost_amount > 0
                then cast(coalesce(measures.positive_won_amount, 0) as double) / nullif(
                    coalesce(measures.positive_won_amount, 0)
                    + coalesce(measures.positive_lost_amount, 0),
                    0
                )
        end as close_rate_by_amount,
        measures.median_lifetime_days,
        measures.lifetime_days / nullif(measures.lifetime_deals, 0) as mean_lifetime_days
    from segment_values
    inner join {{ ref('int_reported_periods') }} as periods
        on segment_values.first_period_start <= periods.period_start
    left join measures
        on
            segment_values.segment_name = measures.segment_name
            and segment_values.segment_value = measures.segment_value
            and periods.period_start = measures.period_start
),

final as (
    select
        fiscal_period,
        period_start,
        period_end,
        is_complete,
        segment_name,
        segment_value,
        cast(leads as bigint) as leads,
        cast(deals_created as bigint) as deals_created,
        cast(deals_won as bigint) as deals_won,
        cast(deals_lost as bigint) as deals_lost,
        cast(won_amount as decimal(18, 2)) as won_amount,
        cast(lost_amount as decimal(18, 2)) as lost_amount,
        {{ to_amount('average_deal_amount') }} as average_deal_amount,
        {{ to_amount('median_deal_amount') }} as median_deal_amount,
        {{ to_amount('trimmed_deal_amount') }} as trimmed_deal_amount,
        round(cast(close_rate as double), 6) as close_rate,
        round(cast(close_rate_by_amount as double), 6) as close_rate_by_amount,
        round(cast(median_lifetime_days as double), 2) as median_lifetime_days,
        round(cast(mean_lifetime_days as double), 2) as mean_lifetime_days,
        cast(lifetime_deals as bigint) as lifetime_deals,
        {{ to_amount(
            'open_deals_at_end * close_rate * average_deal_amount / nullif(mean_lifetime_days, 0)'
        ) }} as sales_velocity_per_day,
        cast(open_deals_at_end as bigint) as open_deals_at_end,
        cast(open_amount_at_end as decimal(18, 2)) as open_amount_at_end,
        cast(won_deals_without_amount as bigint) as won_deals_without_amount,
        cast(open_deals_without_amount as bigint) as open_deals_without_amount
    from measured
    order by period_start, segment_name, segment_value
)

select * from final
