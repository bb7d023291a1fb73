-- What those who call brought: they themselves and everyone below them on the day of a win.
with callers as (
    select owner_id
    from {{ ref('fct_forecast_calls') }}
    group by owner_id
),

final as (
    select
        callers.owner_id,
        wins.fiscal_period,
        wins.known_date,
        sum(wins.amount) as amount
    from {{ ref('int_forecast_segment_wins') }} as wins
    inner join {{ ref('dim_owner_hierarchy') }} as hierarchy
        on
            wins.segment_value = hierarchy.owner_id
            and wins.known_date >= hierarchy.valid_from
            and (hierarchy.valid_to is null or wins.known_date < hierarchy.valid_to)
    inner join callers on hierarchy.ancestor_id = callers.owner_id
    where wins.segment_name = 'owner'
    group by callers.owner_id, wins.fiscal_period, wins.known_date
)

select * from final
