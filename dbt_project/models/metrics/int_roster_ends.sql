{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- How each deal came into the roster of a period and how it ended there. Where more than one could
-- be said, the first that holds counts.
with members as (
    select * from {{ ref('int_roster_members') }}
),

states as (
    select * from {{ ref('int_roster_states') }}
),

deals as (
    select
        deals.*,
        coalesce(calendar.period_start, date '9999-12-31') as booked_start
    from {{ ref('fct_deals') }} as deals
    left join {{ ref('dim_dates') }} as calendar on deals.closed_date = calendar.date_day
),

final as (
    select
        members.*,
        case
            when opening.deal_id is null then 'created_and_landed'
            when members.first_from <= members.opening_date then 'starting'
            when
                members.first_from is null
                and not opening.is_open and opening.due_start = members.period_start
                then 'starting'
            when not first_state.was_open then 'reopened'
            when
                coalesce(first_state.previous_due_start, opening.due_start) < members.period_start
                then 'pushed_in'
            else 'pulled_in'
        end as entry,
        case
            when members.booked_date is not null then 'won'
            when
                deals.removed_date <= members.last_known_date
                or (deals.removed_date is not null and closing.is_won)
                then case when deals.is_merged then 'duplicate' else 'deleted' end
            when closing.is_won and not deals.is_won then 'slipped'
            when not closing.is_open and not closing.is_won then 'lost'
            when closing.is_open and closing.due_start = members.period_start
                then case when members.is_complete then 'slipped' else 'open' end
            when
                case when closing.is_won then deals.booked_start else closing.due_start end
                > members.period_start
                then 'pushed_out'
            else 'pulled_out'
        end as outcome,
        case when members.first_from is null then members.booked_amount else first_state.amount end
            as entry_amount,
        last_state.amount as last_amount,
        closing.amount as closing_amount,
        closing.closed_from,
        deals.removed_date
    from members
    inner join deals on members.deal_id = deals.deal_id
    left join states as opening
        on
            members.deal_id = opening.deal_id
            and members.opening_date >= opening.valid_from
            and members.opening_date < opening.known_until
    left join states as closing
        on
            members.deal_id = closing.deal_id
            and members.last_known_date >= closing.valid_from
            and members.last_known_date < closing.known_until
    left join states as first_state
        on members.deal_id = first_state.deal_id and members.first_from = first_state.valid_from
    left join states as last_state
        on members.deal_id = last_state.deal_id and members.last_from = last_state.valid_from
)

select * from final
