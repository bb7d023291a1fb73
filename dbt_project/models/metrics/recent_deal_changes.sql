with settings as (
    select
        {{ add_days('as_of_date', -30) }} as first_date,
        {{ add_days('as_of_date', -7) }} as last_week_date
    from {{ source('raw', 'run_settings') }}
),

deals as (
    select * from {{ ref('fct_deals') }}
),

-- Deals that came and left, beside the changes of those that were there.
created as (
    select
        deals.deal_id,
        deals.created_date as changed_date,
        deals.created_at as changed_at,
        1 as change_no,
        'created' as direction,
        versions.amount as moved_amount
    from deals
    cross join settings
    left join {{ ref('fct_deal_versions') }} as versions
        on
            deals.deal_id = versions.deal_id
            and deals.created_date >= versions.valid_from
            and deals.created_date < coalesce(versions.valid_to, date '9999-12-31')
    where deals.created_date >= settings.first_date
),

removed as (
    select
        deals.deal_id,
        deals.removed_date as changed_date,
        cast(null as timestamp) as changed_at,
        2 as change_no,
        case when deals.is_merged then 'merged' else 'deleted' end as direction,
        -deals.amount as moved_amount
    from deals
    cross join settings
    where deals.removed_date >= settings.first_date
),

whole_deals as (
    select * from created
    union all
    select * from removed
),

moves as (
    select
        deal_id,
        changed_date,
        changed_at,
        'deal' as field,
        change_no,
        {{ to_text('null') }} as old_value,
        {{ to_text('null') }} as new_value,
        direction,
        moved_amount,
        cast(null as integer) as moved_days,
        {{ to_text('null') }} as changed_by
    from whole_deals
    union all
    select
        deal_id,
        changed_date,
        changed_at,
        field,
        change_no,
        old_value,
        new_value,
        direction,
        moved_amount,
        case
            when direction in ('pushed', 'pulled_in')
                then {{ days_between('old_date', 'new_date') }}
        end as moved_days,
        changed_by
    from {{ ref('int_recent_deal_moves') }}
),

final as (
    select
        moves.changed_date,
        moves.changed_at,
        moves.changed_date >= settings.last_week_date as is_last_7_days,
        moves.deal_id,
        deals.deal_name,
        deals.owner_id,
        moves.field,
        cast(moves.change_no as bigint) as change_no,
        moves.old_value,
        moves.new_value,
        moves.direction,
        cast(moves.moved_amount as decimal(18, 2)) as moved_amount,
        moves.moved_days,
        deals.priced_amount as deal_amount,
        moves.changed_by,
        deals.deal_url
    from moves
    cross join settings
    inner join deals on moves.deal_id = deals.deal_id
)

select * from final
order by changed_date, deal_id, changed_at, field, change_no
