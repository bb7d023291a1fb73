-- The deals that were open at the start of each day of the back-test, as they stood then: what was
-- recorded before the day, and nothing later; beside them, what became of each by the period's end.
with wins as (
    select
        deal_id,
        valid_from,
        valid_to
    from {{ ref('fct_deal_versions') }}
    where is_won and not is_open
),

at_risk as (
    select
        days.as_of_date,
        days.period_end,
        stretches.deal_id,
        stretches.segment_key,
        stretches.stage as hazard_stage,
        stretches.amount_class,
        {{ days_between('stretches.entered_date', 'days.as_of_date') }} as age_days
    from {{ ref('int_forecast_stretches') }} as stretches
    inner join {{ ref('int_forecast_past_days') }} as days
        on
            stretches.entered_date < days.as_of_date
            and stretches.from_day <= days.as_of_date
            and stretches.to_day >= days.as_of_date
),

final as (
    select
        at_risk.as_of_date,
        at_risk.deal_id,
        versions.pipeline,
        versions.stage,
        versions.owner_id,
        versions.amount,
        versions.close_date,
        coalesce(versions.probability, stages.probability) as probability,
        at_risk.segment_key,
        at_risk.hazard_stage,
        at_risk.amount_class,
        at_risk.age_days,
        {{ days_between('at_risk.as_of_date', 'versions.close_date') }} as days_to_close,
        wins.deal_id is not null as is_won_in_period
    from at_risk
    inner join {{ ref('fct_deal_versions') }} as versions
        on
            at_risk.deal_id = versions.deal_id
            and at_risk.as_of_date > versions.valid_from
            and (versions.valid_to is null or at_risk.as_of_date <= versions.valid_to)
    left join {{ ref('dim_stages') }} as stages
        on versions.pipeline = stages.pipeline and versions.stage = stages.stage
    left join wins
        on
            at_risk.deal_id = wins.deal_id
            and at_risk.period_end >= wins.valid_from
            and (wins.valid_to is null or at_risk.period_end < wins.valid_to)
)

select * from final
order by as_of_date, deal_id
