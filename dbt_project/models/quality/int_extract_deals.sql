{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- Each deal as the newest extract of its source holds it, and why it is published otherwise, if it
-- is. An extract taken after the as-of date tells of another day, so its source is left out.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

extracts as (
    select
        source_name,
        extract_date,
        known_at
    from {{ source('raw', 'extracts') }}
    qualify row_number() over (partition by source_name order by extract_date desc) = 1
),

changes as (
    select
        changes.deal_id,
        max(case when changes.changed_at < settings.as_of_at then changes.changed_at end)
            as changed_at,
        bool_or(changes.changed_at >= settings.as_of_at) as is_changed_later
    from {{ source('raw', 'deal_changes') }} as changes
    cross join settings
    group by changes.deal_id
),

excluded as (
    select deal_id from {{ source('raw', 'excluded_deals') }}
    group by deal_id
),

-- A record that was last modified before its newest recorded change is older than its history, and
-- one whose history goes on after the as-of date is newer than what is known.
final as (
    select
        deals.*,
        extracts.extract_date as newest_extract_date,
        case
            when excluded.deal_id is not null then 'excluded'
            when deals.removal_kind is not null then deals.removal_kind
            when changes.is_changed_later then 'by_history'
            when
                deals.result = 'open'
                and deals.modified_date < greatest(
                    {{ local_date('changes.changed_at', 'settings.time_zone') }},
                    deals.previous_known_date
                )
                then 'by_history'
        end as reason,
        days.fiscal_period as booked_period
    from {{ ref('int_landed_deals') }} as deals
    inner join extracts on deals.source_name = extracts.source_name
    cross join settings
    left join changes on deals.deal_id = changes.deal_id
    left join excluded on deals.deal_id = excluded.deal_id
    left join {{ ref('dim_dates') }} as days
        on deals.result = 'won' and deals.booked_date = days.date_day
    where deals.next_extract_date is null and extracts.known_at <= settings.as_of_at
)

select * from final
