with ends as (
    select * from {{ ref('int_roster_ends') }}
),

owners as (
    select * from {{ ref('int_reported_segments') }}
    where segment_name = 'owner'
),

dated as (
    select
        *,
        case
            when entry = 'starting' then period_start
            else least(coalesce(first_from, booked_date), coalesce(booked_date, first_from))
        end as entry_date,
        case outcome
            when 'won' then booked_date
            when 'lost' then closed_from
            when 'slipped' then period_end
            when 'pushed_out' then last_until
            when 'pulled_out' then last_until
            when 'duplicate' then removed_date
            when 'deleted' then removed_date
        end as ended_date,
        case
            when outcome = 'won' then booked_amount
            when outcome in ('slipped', 'open') then closing_amount
            else last_amount
        end as end_amount
    from ends
),

final as (
    select
        dated.fiscal_period,
        dated.period_start,
        dated.period_end,
        dated.is_complete,
        dated.deal_id,
        nullif(owners.segment_value, '(none)') as owner_id,
        dated.entry,
        dated.entry_date,
        dated.entry_amount,
        dated.outcome,
        dated.ended_date,
        dated.end_amount,
        {{ days_between(
            'dated.entry_date',
            'coalesce(dated.ended_date, ' ~ add_days('dated.last_known_date', 1) ~ ')'
        ) }} as roster_days
    from dated
    left join owners
        on
            dated.deal_id = owners.deal_id
            and coalesce(dated.ended_date, dated.last_known_date) >= owners.valid_from
            and coalesce(dated.ended_date, dated.last_known_date) < owners.valid_to
)

select * from final
order by period_start, deal_id
