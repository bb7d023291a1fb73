-- From which day on, and how finely, this company's history can be used for a forecast.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

deals as (
    select * from {{ ref('fct_deals') }}
),

stage_changes as (
    select min(changed_date) as first_recorded_date
    from {{ ref('fct_deal_changes') }}
    where field = 'stage' and provenance <> 'assumed'
),

closes as (
    select
        min(created_date) as first_created_date,
        min(close_known_date) as first_close_date,
        count(close_known_date) as closed_deals,
        sum(case when is_closed and is_history_assumed then 1 else 0 end) as closed_without_history
    from deals
),

-- A file that begins with the closes of some month holds only such older deals as were still open
-- then: they could not have closed earlier, so their days before it say nothing. It shows as many
-- deal-days without any close. Where moves are recorded, deals that were just young are told apart.
quiet_start as (
    select
        sum(
            case
                when deals.created_date < closes.first_close_date
                    then {{ days_between('deals.created_date', 'closes.first_close_date') }}
                else 0
            end
        ) as days_before,
        sum(
            {{ days_between(
                'deals.created_date', 'coalesce(deals.close_known_date, settings.as_of_date)'
            ) }}
        ) as days_in_all
    from deals
    cross join closes
    cross join settings
),

starts as (
    select
        coalesce(closes.closed_without_history > 0.2 * closes.closed_deals, false)
            as is_stage_pooled,
        stage_changes.first_recorded_date,
        closes.first_created_date,
        closes.first_close_date,
        case
            when
                quiet_start.days_before * closes.closed_deals
                > 5 * greatest(quiet_start.days_in_all - quiet_start.days_before, 1)
                then closes.first_close_date
            else closes.first_created_date
        end as first_seen_date
    from closes
    cross join quiet_start
    cross join stage_changes
),

final as (
    select
        settings.as_of_date,
        settings.forecast_period,
        settings.horizon,
        coalesce(
            case
                when starts.is_stage_pooled then starts.first_seen_date
                when missing.missing_closes > 5
                    then greatest(starts.first_recorded_date, starts.first_close_date)
                else starts.first_recorded_date
            end,
            starts.first_created_date,
            settings.as_of_date
        ) as history_start,
        starts.is_stage_pooled
    from settings
    cross join starts
    cross join {{ ref('int_forecast_missing_closes') }} as missing
)

select * from final
