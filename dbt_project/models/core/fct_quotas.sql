with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

parts as (
    select
        parts.owner_id,
        parts.team,
        parts.deal_type,
        parts.fiscal_period,
        parts.period_start,
        parts.period_end,
        parts.valid_from,
        parts.valid_to,
        parts.amount as original_amount,
        parts.currency as original_currency,
        case
            when parts.currency = settings.reporting_currency then parts.amount
            else {{ to_amount('parts.amount * rates.rate_to_reporting') }}
        end as amount
    from {{ ref('int_quota_periods') }} as parts
    cross join settings
    left join {{ ref('int_exchange_rates') }} as rates
        on
            parts.currency = rates.currency
            and parts.period_start >= rates.valid_from
            and parts.period_start < rates.valid_to
    where parts.fiscal_period is not null
),

-- The parts of a period's quota, such as its months, begin and end on days of their own.
changes as (
    select
        *,
        valid_from as change_date,
        1 as parts
    from parts
    union all
    select
        *,
        valid_to as change_date,
        -1 as parts
    from parts
    where valid_to is not null
),

by_day as (
    select
        owner_id,
        team,
        deal_type,
        fiscal_period,
        period_start,
        period_end,
        change_date,
        sum(parts) as parts,
        sum(case when amount is not null then parts else 0 end) as priced_parts,
        sum(parts * amount) as amount,
        sum(parts * original_amount) as original_amount,
        min(original_currency) as first_currency,
        max(original_currency) as last_currency
    from changes
    group by
        owner_id, team, deal_type, fiscal_period, period_start, period_end, change_date
),

running as (
    select
        owner_id,
        team,
        deal_type,
        fiscal_period,
        period_start,
        period_end,
        change_date as valid_from,
        lead(change_date) over by_period as valid_to,
        sum(parts) over by_period as parts,
        sum(priced_parts) over by_period as priced_parts,
        sum(amount) over by_period as amount,
        sum(original_amount) over by_period as original_amount,
        min(first_currency) over by_period as first_currency,
        max(last_currency) over by_period as last_currency
    from by_day
    window
        by_period as (
            partition by owner_id, team, deal_type, fiscal_period order by change_date
        )
),

final as (
    select
        owner_id,
        team,
        deal_type,
        fiscal_period,
        period_start,
        period_end,
        valid_from,
        valid_to,
        case when priced_parts = parts then cast(amount as decimal(18, 2)) end as amount,
        case
            when first_currency = last_currency then cast(original_amount as decimal(18, 2))
        end as original_amount,
        case when first_currency = last_currency then first_currency end as original_currency
    from running
    where parts > 0
)

select * from final
order by period_start, team, owner_id, deal_type, valid_from
