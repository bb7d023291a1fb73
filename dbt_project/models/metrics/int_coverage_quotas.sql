{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- The quotas of each day, added up without counting anything twice: a quota for all deal types is
-- the whole of its holder's, one of a team is for all of its people, one of the company for all.
with days as (
    select distinct
        fiscal_period,
        snapshot_date
    from {{ ref('int_coverage_days') }}
),

lines as (
    select
        days.snapshot_date,
        quotas.fiscal_period,
        quotas.deal_type,
        quotas.amount,
        quotas.owner_id,
        case
            when quotas.owner_id is not null then coalesce(owners.team, '(none)') else quotas.team
        end as team,
        quotas.owner_id is not null as is_personal,
        quotas.owner_id is null and quotas.team is not null as is_of_team,
        quotas.owner_id is null and quotas.team is null as is_of_company,
        quotas.deal_type is null as is_whole
    from days
    inner join {{ ref('fct_quotas') }} as quotas
        on
            days.fiscal_period = quotas.fiscal_period
            and days.snapshot_date >= quotas.valid_from
            and days.snapshot_date < coalesce(quotas.valid_to, date '9999-12-31')
    left join {{ ref('dim_owners') }} as owners
        on quotas.owner_id = owners.owner_id and owners.is_current
),

weighed as (
    select
        *,
        not is_whole and bool_or(is_whole) over by_holder as is_part,
        not is_of_team and (bool_or(is_of_team) over by_team_type) as is_of_teams_type,
        not (is_of_team and is_whole)
        and (bool_or(is_of_team and is_whole) over by_team) as is_within_team,
        not is_of_company and (bool_or(is_of_company) over by_type) as is_of_companys_type,
        not (is_of_company and is_whole)
        and (bool_or(is_of_company and is_whole) over by_day) as is_within_company
    from lines
    window
        by_day as (partition by snapshot_date, fiscal_period),
        by_type as (partition by snapshot_date, fiscal_period, deal_type),
        by_team as (partition by snapshot_date, fiscal_period, team),
        by_team_type as (partition by snapshot_date, fiscal_period, team, deal_type),
        by_holder as (partition by snapshot_date, fiscal_period, team, owner_id)
),

placed as (
    select
        *,
        'owner' as segment_name,
        owner_id as segment_value
    from weighed
    where is_personal and not is_part
    union all
    select
        *,
        'team' as segment_name,
        team as segment_value
    from weighed
    where not is_of_company and not is_part and not is_of_teams_type and not is_within_team
    union all
    select
        *,
        'deal_type' as segment_name,
        deal_type as segment_value
    from weighed
    where not is_whole and not is_of_teams_type and not is_of_companys_type
    union all
    select
        *,
        'all' as segment_name,
        'all' as segment_value
    from weighed
    where
        not is_part and not is_of_teams_type and not is_within_team
        and not is_of_companys_type and not is_within_company
),

final as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        snapshot_date,
        case when count(*) = count(amount) then cast(sum(amount) as decimal(18, 2)) end as amount
    from placed
    group by segment_name, segment_value, fiscal_period, snapshot_date
)

select * from final
