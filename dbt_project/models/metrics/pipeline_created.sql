{% set known_within_days = 30 %}
with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

-- Weeks begin on Monday, unless every fiscal month begins on one and the same other weekday.
weeks as (
    select case when count(distinct weekday) = 1 then min(weekday) else 1 end as first_weekday
    from {{ ref('dim_dates') }}
    where date_day = month_start
),

created as (
    select
        deals.*,
        {{ add_days(
            'deals.created_date', '-((calendar.weekday - weeks.first_weekday + 7) % 7)'
        ) }} as week_start,
        coalesce(nullif(trim(deals.lead_source), ''), '(none)') as source_label
    from {{ ref('fct_deals') }} as deals
    inner join {{ ref('dim_dates') }} as calendar on deals.created_date = calendar.date_day
    cross join weeks
    where deals.removed_date is null and not deals.is_created_assumed
),

first_amounts as (
    select
        created.deal_id,
        min_by(versions.amount, versions.valid_from) as amount
    from created
    inner join {{ ref('fct_deal_versions') }} as versions
        on
            created.deal_id = versions.deal_id
            and versions.valid_from <= {{ add_days('created.created_date', known_within_days) }}
    where versions.amount is not null
    group by created.deal_id
),

counted as (
    select
        created.week_start,
        segments.segment_name,
        segments.segment_value,
        created.source_label as lead_source,
        count(*) as deals_created,
        sum(first_amounts.amount) as created_amount,
        count(case when first_amounts.amount is null then 1 end) as deals_without_amount,
        count(case when created.is_won then 1 end) as deals_won,
        count(case when created.is_closed and not created.is_won then 1 end) as deals_lost,
        count(case when not created.is_closed then 1 end) as open_deals,
        sum(case when created.is_won then created.amount end) as won_amount,
        sum(case when not created.is_closed then created.priced_amount end) as open_amount
    from created
    inner join {{ ref('int_reported_segments') }} as segments
        on
            created.deal_id = segments.deal_id
            and created.created_date >= segments.valid_from
            and created.created_date < segments.valid_to
    left join first_amounts on created.deal_id = first_amounts.deal_id
    group by
        created.week_start, segments.segment_name, segments.segment_value, created.source_label
),

final as (
    select
        counted.week_start,
        {{ add_days('counted.week_start', 6) }} as week_end,
        {{ add_days('counted.week_start', 6) }} < settings.as_of_date as is_complete,
        counted.segment_name,
        counted.segment_value,
        counted.lead_source,
        counted.deals_created,
        cast(coalesce(counted.created_amount, 0) as decimal(18, 2)) as created_amount,
        counted.deals_without_amount,
        counted.deals_won,
        counted.deals_lost,
        counted.open_deals,
        cast(coalesce(counted.won_amount, 0) as decimal(18, 2)) as won_amount,
        cast(coalesce(counted.open_amount, 0) as decimal(18, 2)) as open_amount
    from counted
    cross join settings
)

select * from final
order by week_start, segment_name, segment_value, lead_source
