-- A returned row is a day on which another number of deals is open in snapshots than in versions.
with changes as (
    select
        valid_from as date_day,
        1 as deals
    from {{ ref('fct_deal_versions') }}
    where is_open
    union all
    select
        valid_to as date_day,
        -1 as deals
    from {{ ref('fct_deal_versions') }}
    where is_open and valid_to is not null
),

daily as (
    select
        date_day,
        sum(deals) as deals
    from changes
    group by date_day
),

snapshots as (
    select
        snapshot_date,
        count(*) as deals
    from {{ ref('fct_deal_snapshots') }}
    where is_open
    group by snapshot_date
),

days as (
    select
        dates.date_day,
        coalesce(snapshots.deals, 0) as snapshot_deals,
        sum(coalesce(daily.deals, 0)) over (order by dates.date_day) as version_deals
    from {{ ref('dim_dates') }} as dates
    cross join {{ source('raw', 'run_settings') }} as settings
    left join daily on dates.date_day = daily.date_day
    left join snapshots on dates.date_day = snapshots.snapshot_date
    where dates.date_day < settings.as_of_date
)

select * from days
where snapshot_deals <> version_deals
