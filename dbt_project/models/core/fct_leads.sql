{{ config(materialized='incremental', unique_key='lead_id') }}
with leads as (
    select * from {{ ref('stg_crm__leads') }}
    {% if is_night() %}
        where lead_id in (select touched.lead_id from night.touched_leads as touched)
    {% endif %}
),

settings as (
    select time_zone from {{ source('raw', 'run_settings') }}
),

deals as (
    select
        deal_id,
        lead_id,
        account_id,
        created_at
    from {{ ref_all('int_deals_described') }}
),

-- Some CRMs note the link on the lead, some on the deal; of several deals the first one counts.
named_by_deals as (
    select
        lead_id,
        min_by(deal_id, created_at || deal_id) as deal_id
    from (
        select
            lead_id,
            deal_id,
            {{ to_text('created_at') }} as created_at
        from deals
        where lead_id is not null
    ) as named
    group by lead_id
),

linked as (
    select
        leads.*,
        coalesce(own_deals.deal_id, other_deals.deal_id) as known_deal_id,
        case
            when not leads.is_converted_later
                then coalesce(leads.converted_at, own_deals.created_at, other_deals.created_at)
        end as known_converted_at,
        coalesce(own_deals.account_id, other_deals.account_id) as deal_account_id
    from leads
    left join named_by_deals on leads.lead_id = named_by_deals.lead_id
    left join deals as own_deals on leads.deal_id = own_deals.deal_id
    left join deals as other_deals on named_by_deals.deal_id = other_deals.deal_id
),

final as (
    select
        linked.lead_id,
        linked.created_at,
        {{ local_date('linked.created_at', 'settings.time_zone') }} as created_date,
        linked.source,
        linked.campaign_id,
        linked.owner_id,
        linked.status,
        linked.qualified_at,
        {{ local_date('linked.qualified_at', 'settings.time_zone') }} as qualified_date,
        linked.known_converted_at as converted_at,
        {{ local_date('linked.known_converted_at', 'settings.time_zone') }} as converted_date,
        case
            when linked.known_converted_at is not null
                then coalesce(linked.account_id, linked.deal_account_id)
        end as account_id,
        case when linked.known_converted_at is not null then linked.known_deal_id end as deal_id,
        linked.known_converted_at is not null as is_converted
    from linked
    cross join settings
)

select * from final
