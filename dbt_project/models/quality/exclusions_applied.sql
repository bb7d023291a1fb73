{% set states = ['open', 'won', 'lost', 'removed'] %}

-- A deal that several exclusions match stands in the row of each, and once in that of all.
with exclusions as (
    select
        exclusion,
        conditions
    from {{ source('raw', 'exclusions') }}
    union all
    select
        '(all)' as exclusion,
        {{ to_text('null') }} as conditions
),

deals as (
    select
        exclusion,
        deal_id,
        case when state in ('deleted', 'merged') then 'removed' else state end as state,
        amount
    from {{ ref('excluded_deals') }}
),

counted as (
    select * from deals
    union all
    select
        '(all)' as exclusion,
        deal_id,
        max(state) as state,
        max(amount) as amount
    from deals
    group by deal_id
),

final as (
    select
        exclusions.exclusion,
        exclusions.conditions,
        count(counted.deal_id) as deals,
        {% for state in states %}
            count(counted.deal_id) filter (where counted.state = '{{ state }}')
                as {{ state }}_deals,
            cast(
                coalesce(sum(counted.amount) filter (where counted.state = '{{ state }}'), 0)
                as decimal(18, 2)
            ) as {{ state }}_amount,
        {% endfor %}
        count(counted.deal_id) filter (where counted.amount is null) as deals_without_amount
    from exclusions
    left join counted on exclusions.exclusion = counted.exclusion
    group by exclusions.exclusion, exclusions.conditions
)

select * from final
order by exclusion
