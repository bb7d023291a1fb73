with leads as (
    select * from {{ source('raw', 'leads') }}
),

extracts as (
    select * from {{ ref('stg_crm__extracts') }}
),

settings as (
    select as_of_at from {{ source('raw', 'run_settings') }}
),

lifespans as (
    select
        leads.lead_id,
        min({{ just_before('extracts.known_at') }}) as first_seen_at,
        max(case when not leads.is_tombstone then leads.extract_date end) as extract_date
    from leads
    inner join extracts
        on leads.source_name = extracts.source_name and leads.extract_date = extracts.extract_date
    group by leads.lead_id
),

latest as (
    select
        leads.*,
        coalesce(
            leads.created_at, leads.qualified_at, leads.converted_at, lifespans.first_seen_at
        ) as known_created_at
    from leads
    inner join lifespans
        on leads.lead_id = lifespans.lead_id and leads.extract_date = lifespans.extract_date
),

final as (
    select
        latest.lead_id,
        latest.owner_id,
        latest.account_id,
        latest.deal_id,
        latest.campaign_id,
        latest.source_name,
        latest.source,
        latest.status,
        latest.known_created_at as created_at,
        case
            when latest.qualified_at < settings.as_of_at then latest.qualified_at
        end as qualified_at,
        case
            when latest.converted_at < settings.as_of_at then latest.converted_at
        end as converted_at,
        coalesce(latest.converted_at >= settings.as_of_at, false) as is_converted_later
    from latest
    cross join settings
    where latest.known_created_at < settings.as_of_at
)

select * from final
