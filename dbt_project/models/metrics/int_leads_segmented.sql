{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- A lead has an owner, and through it the team of today, as deals have. Pipeline, deal type and the
-- company's own dimensions are known of deals only.
with leads as (
    select
        leads.lead_id,
        leads.created_date,
        days.period_start,
        leads.owner_id,
        owners.team
    from {{ ref('fct_leads') }} as leads
    inner join {{ ref('dim_dates') }} as days on leads.created_date = days.date_day
    left join {{ ref('dim_owners') }} as owners
        on
            leads.owner_id = owners.owner_id
            and owners.is_current
),

final as (
    select
        lead_id,
        period_start,
        'all' as segment_name,
        'all' as segment_value
    from leads
    union all
    select
        lead_id,
        period_start,
        'owner' as segment_name,
        coalesce(owner_id, '(none)') as segment_value
    from leads
    union all
    select
        lead_id,
        period_start,
        'team' as segment_name,
        coalesce(team, '(none)') as segment_value
    from leads
)

select * from final
