-- Every quota in the fiscal periods that it is for. One that lies within a period is part of that
-- period's; one that covers whole periods is split evenly, the last one taking what is left of the
-- cents. One that does neither is for no period.
with quotas as (
    select
        *,
        row_number() over (
            order by period_start, period_end, owner_id, team, deal_type, valid_from
        ) as quota_no
    from {{ ref('stg_crm__quotas') }}
),

days as (
    select * from {{ ref('dim_dates') }}
),

periods as (
    select
        fiscal_period,
        period_start,
        period_end
    from days
    where date_day = period_start
),

matched as (
    select
        quotas.quota_no,
        periods.fiscal_period,
        periods.period_start,
        periods.period_end,
        row_number() over (
            partition by quotas.quota_no order by periods.period_start
        ) as period_no,
        count(*) over (partition by quotas.quota_no) as periods
    from quotas
    inner join days as first_days on quotas.period_start = first_days.date_day
    -- without a last day, a quota is for the period that holds its first day
    inner join days as last_days
        on coalesce(quotas.period_end, quotas.period_start) = last_days.date_day
    inner join periods
        on
            first_days.period_start <= periods.period_start
            and last_days.period_start >= periods.period_start
    where
        quotas.period_start <= coalesce(quotas.period_end, quotas.period_start)
        and (
            first_days.period_start = last_days.period_start
            or (
                quotas.period_start = first_days.period_start
                and quotas.period_end = last_days.period_end
            )
        )
),

final as (
    select
        quotas.owner_id,
        quotas.team,
        quotas.deal_type,
        quotas.period_start as quota_start,
        quotas.period_end as quota_end,
        quotas.valid_from,
        quotas.valid_to,
        matched.fiscal_period,
        matched.period_start,
        matched.period_end,
        cast(
            case
                when matched.periods is null then quotas.amount
                when matched.period_no < matched.periods
                    then {{ to_amount('cast(quotas.amount as double) / matched.periods') }}
                else
                    quotas.amount
                    - (matched.periods - 1)
                    * {{ to_amount('cast(quotas.amount as double) / matched.periods') }}
            end as decimal(18, 2)
        ) as amount,
        quotas.currency
    from quotas
    left join matched on quotas.quota_no = matched.quota_no
)

select * from final
