{{ config(materialized='incremental') }}
with lifespans as (
    select * from {{ ref('int_deal_lifespans') }}
),

current_owners as (
    select
        owner_id,
        team
    from {{ ref('dim_owners') }}
    where is_current
),

versions as (
    select
        versions.deal_id,
        versions.valid_from,
        versions.owner_id,
        versions.pipeline,
        current_owners.team
    from {{ ref('int_deals_versioned') }} as versions
    left join current_owners on versions.owner_id = current_owners.owner_id
),

fixed_names as (
    select segment_name from {{ ref('int_deal_segment_names') }}
    where segment_name not in ('owner', 'team', 'pipeline')
),

-- Dimensions have no history of their own: today's value counts for the deal's whole life.
fixed as (
    select
        lifespans.deal_id,
        fixed_names.segment_name,
        case fixed_names.segment_name
            when 'all' then 'all'
            when 'deal_type' then deals.deal_type
            else dimensions.dimension_value
        end as segment_value,
        lifespans.started_date as valid_from
    from lifespans
    cross join fixed_names
    inner join {{ ref('stg_crm__deals') }} as deals on lifespans.deal_id = deals.deal_id
    left join {{ ref('stg_crm__deal_dimensions') }} as dimensions
        on
            lifespans.deal_id = dimensions.deal_id
            and fixed_names.segment_name = dimensions.dimension
),

valued as (
    select * from fixed
    union all
    select
        deal_id,
        'owner' as segment_name,
        owner_id as segment_value,
        valid_from
    from versions
    union all
    select
        deal_id,
        'team' as segment_name,
        team as segment_value,
        valid_from
    from versions
    union all
    select
        deal_id,
        'pipeline' as segment_name,
        pipeline as segment_value,
        valid_from
    from versions
),

moves as (
    select
        deal_id,
        segment_name,
        coalesce(nullif(trim(segment_value), ''), '(none)') as segment_value,
        valid_from
    from valued
    qualify
        coalesce(nullif(trim(segment_value), ''), '(none)')
        is distinct from lag(coalesce(nullif(trim(segment_value), ''), '(none)')) over (
            partition by deal_id, segment_name order by valid_from
        )
),

final as (
    select
        deal_id,
        segment_name,
        segment_value,
        valid_from,
        lead(valid_from) over (partition by deal_id, segment_name order by valid_from) as valid_to
    from moves
)

select * from final
