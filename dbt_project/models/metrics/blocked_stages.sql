with verdicts as (
    select * from {{ ref('int_stage_verdicts') }}
),

explained as (
    select
        *,
        case
            when company_won_p90_days is null
                then 'Fewer than 10 visits of won deals led on: no normal time is known.'
            when verdict = 'cannot_tell' then concat(
                open_deals, ' open deals and ', exits, ' exits in 91 days: with fewer than 10,',
                ' now or in the four quarters before, a change cannot be told from chance.'
            )
        end as why_not,
        case
            when stalled_level >= case when verdict = 'ok' then 0 else 1 end then concat(
                stalled_deals, ' of ', open_deals, ' open deals (',
                cast(round(100 * stalled_share) as integer), ' %) have stood here for more than ',
                cast(floor(company_won_p90_days) as integer), ' days, longer than 9 in 10 won',
                ' deals; in the four quarters before it was ',
                cast(round(100 * stalled_share_before) as integer), ' %.'
            )
        end as why_stalled,
        case
            when conversion_level >= case when verdict = 'ok' then 0 else 1 end then concat(
                cast(round(100 * conversion_rate) as integer), ' % of the ', exits,
                ' visits that ended in the last 91 days moved on;',
                ' in the four quarters before it was ',
                cast(round(100 * conversion_rate_before) as integer), ' %.'
            )
        end as why_conversion
    from verdicts
),

final as (
    select
        settings.as_of_date,
        explained.segment_name,
        explained.segment_value,
        cast(row_number() over (
            partition by explained.segment_name, explained.segment_value
            order by
                explained.blocked_amount_days desc nulls last,
                explained.open_amount desc nulls last,
                explained.pipeline asc,
                explained.stage asc
        ) as integer) as money_rank,
        explained.pipeline,
        explained.stage,
        cast(stages.stage_order as bigint) as stage_order,
        stages.process_step,
        explained.verdict,
        coalesce(
            explained.why_not, concat_ws(' ', explained.why_stalled, explained.why_conversion)
        ) as reason,
        cast(explained.open_deals as bigint) as open_deals,
        cast(coalesce(explained.open_amount, 0) as decimal(18, 2)) as open_amount,
        cast(explained.open_deals_without_amount as bigint) as open_deals_without_amount,
        round(cast(explained.median_open_days as double), 2) as median_open_days,
        round(cast(explained.p90_open_days as double), 2) as p90_open_days,
        cast(explained.won_visits as bigint) as won_visits,
        round(cast(explained.won_median_days as double), 2) as won_median_days,
        round(cast(explained.won_p75_days as double), 2) as won_p75_days,
        round(cast(explained.won_p90_days as double), 2) as won_p90_days,
        round(cast(explained.company_won_median_days as double), 2) as company_won_median_days,
        round(cast(explained.company_won_p90_days as double), 2) as company_won_p90_days,
        case
            when explained.company_won_p90_days is not null
                then cast(coalesce(explained.stalled_deals, 0) as bigint)
        end as stalled_deals,
        case
            when explained.company_won_p90_days is not null
                then cast(coalesce(explained.stalled_amount, 0) as decimal(18, 2))
        end as stalled_amount,
        case
            when explained.company_won_p90_days is not null
                then cast(coalesce(explained.blocked_days, 0) as decimal(18, 1))
        end as blocked_days,
        case
            when explained.company_won_p90_days is not null
                then cast(coalesce(explained.blocked_amount_days, 0) as decimal(38, 2))
        end as blocked_amount_days,
        round(cast(explained.stalled_share as double), 6) as stalled_share,
        round(cast(explained.stalled_share_before as double), 6) as stalled_share_last_4_quarters,
        cast(explained.exits as bigint) as exits,
        cast(explained.exits_before as bigint) as exits_last_4_quarters,
        round(cast(explained.conversion_rate as double), 6) as conversion_rate,
        round(cast(explained.conversion_rate_before as double), 6)
            as conversion_rate_last_4_quarters,
        {{ to_amount('explained.revenue_lost') }} as revenue_lost
    from explained
    cross join {{ source('raw', 'run_settings') }} as settings
    left join {{ ref('dim_stages') }} as stages
        on
            explained.pipeline = stages.pipeline
            and explained.stage = stages.stage
    order by explained.segment_name, explained.segment_value, money_rank
)

select * from final
