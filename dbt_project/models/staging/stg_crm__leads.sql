with leads as (
    select * from {{ source('raw', 'leads') }}
),

extracts as (
    select * from {{ ref('stg_crm__extracts') }}
),

settings as (
    select as_of_at from {{ source('raw', 'run_settings') }}
),

known as (
    select
        leads.*,
        min({{ just_before('extracts.known_at') }}) over (partition by leads.lead_id)
            as first_seen_at
    from leads
    inner join extracts
        on leads.source_name = extracts.source_name and leads.extract_date = extracts.extract_date
),

latest as (
    select
        *,
        coalesce(created_at, qualified_at, converted_at, first_seen_at) as known_created_at
    from known
    where not is_tombstone
    qualify row_number() over (partition by lead_id order by extract_date desc) = 1
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
