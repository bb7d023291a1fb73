-- Where amount classes are cut: at quantiles of the first deals' first amounts. Those are the deals
-- of the first four weeks, or the first fifty where four weeks hold fewer, so that the cuts stay as
-- they are while the history grows.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

amounts as (
    select
        deals.deal_id,
        deals.created_date,
        min_by(versions.amount, versions.valid_from) as amount
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('fct_deals') }} as deals on versions.deal_id = deals.deal_id
    cross join history
    where
        versions.is_open
        and versions.amount is not null
        and deals.created_date >= history.history_start
    group by deals.deal_id, deals.created_date
),

first_amounts as (
    select cast(amounts.amount as double) as amount
    from amounts
    cross join history
    qualify
        amounts.created_date < {{ add_days('history.history_start', 28) }}
        or row_number() over (order by amounts.created_date, amounts.deal_id) <= 50
),

final as (
    select
        count(*) as deals,
        round(percentile_cont(0.5) within group (order by amount), 6) as amount_p50,
        round(percentile_cont(0.8) within group (order by amount), 6) as amount_p80,
        round(percentile_cont(0.95) within group (order by amount), 6) as amount_p95
    from first_amounts
)

select * from final
