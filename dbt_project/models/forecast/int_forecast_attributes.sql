-- Whether amounts and expected dates were known while deals were open. What is filled in only at
-- the close would tell the model the outcome, so it is refused.
with history as (
    select * from {{ ref('int_forecast_history') }}
),

versions as (
    select * from {{ ref('fct_deal_versions') }}
),

deals as (
    select * from {{ ref('fct_deals') }}
),

last_open_versions as (
    select
        deals.is_closed,
        deals.is_won,
        case when versions.amount is null then 1 else 0 end as amount_blank,
        case when deals.amount is null then 1 else 0 end as current_amount_blank,
        case when versions.close_date is null then 1 else 0 end as date_blank,
        case when versions.close_date = versions.valid_to then 1 else 0 end as date_foretold
    from versions
    inner join deals on versions.deal_id = deals.deal_id
    where versions.is_open and deals.removed_date is null
    qualify
        row_number() over (partition by versions.deal_id order by versions.valid_from desc) = 1
),

blanks as (
    select
        avg(case when not is_closed then amount_blank end) as open_amount_blank,
        avg(case when is_won then current_amount_blank end) as won_amount_blank,
        avg(case when not is_closed then date_blank end) as open_date_blank,
        avg(case when is_closed then date_blank end) as closed_date_blank,
        avg(case when is_closed and date_blank = 0 then date_foretold end) as foretold_share,
        coalesce(min(date_blank), 1) = 0 as has_any_date
    from last_open_versions
),

creations as (
    select
        coalesce(avg(case when is_created_assumed then 1 else 0 end), 0) <= 0.5
            as has_creation_dates
    from deals
),

revisions as (
    select coalesce(max(amounts), 0) > 1 as do_amounts_change
    from (
        select count(distinct original_amount) as amounts
        from versions
        group by deal_id
    ) as by_deal
),

final as (
    select
        history.as_of_date,
        cuts.deals >= 50
        and coalesce(blanks.open_amount_blank, 0) <= coalesce(blanks.won_amount_blank, 0) + 0.2
            as has_amount_classes,
        blanks.has_any_date
        and coalesce(blanks.open_date_blank, 0) <= coalesce(blanks.closed_date_blank, 0) + 0.2
        and coalesce(blanks.foretold_share, 0) <= 0.5 as has_expected_dates,
        revisions.do_amounts_change,
        creations.has_creation_dates,
        cuts.amount_p50,
        cuts.amount_p80,
        cuts.amount_p95
    from history
    cross join blanks
    cross join {{ ref('int_forecast_amount_cuts') }} as cuts
    cross join revisions
    cross join creations
)

select * from final
