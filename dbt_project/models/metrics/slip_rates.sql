{% set outcomes = ['won', 'lost', 'slipped', 'pushed_out', 'pulled_out', 'open'] %}
with roster as (
    select
        roster.*,
        coalesce(roster.ended_date, periods.last_known_date) as cut_date,
        roster.outcome in ('duplicate', 'deleted') as is_removed
    from {{ ref('quarter_roster') }} as roster
    inner join {{ ref('int_reported_periods') }} as periods
        on roster.period_start = periods.period_start
),

cut as (
    select
        roster.*,
        segments.segment_name,
        segments.segment_value,
        populations.population
    from roster
    inner join {{ ref('int_reported_segments') }} as segments
        on
            roster.deal_id = segments.deal_id
            and roster.cut_date >= segments.valid_from
            and roster.cut_date < segments.valid_to
    cross join (values ('starting'), ('came_in'), ('all')) as populations (population)
    where
        populations.population = 'all'
        or populations.population
        = case when roster.entry = 'starting' then 'starting' else 'came_in' end
),

counted as (
    select
        fiscal_period,
        period_start,
        period_end,
        is_complete,
        segment_name,
        segment_value,
        population,
        count(*) filter (where not is_removed) as due_deals,
        sum(entry_amount) filter (where not is_removed) as due_amount,
        sum(entry_amount) filter (where not is_removed and entry_amount > 0) as positive_amount,
        count(*) filter (where is_removed) as removed_deals,
        {% for outcome in outcomes %}
            count(*) filter (where outcome = '{{ outcome }}') as {{ outcome }}_deals,
            sum(entry_amount) filter (where outcome = '{{ outcome }}') as due_amount_{{ outcome }},
            sum(entry_amount) filter (where outcome = '{{ outcome }}' and entry_amount > 0)
                as positive_{{ outcome }},
        {% endfor %}
        sum(end_amount) filter (where outcome = 'won') as booked_amount
    from cut
    group by
        fiscal_period, period_start, period_end, is_complete,
        segment_name, segment_value, population
),

final as (
    select
        fiscal_period,
        period_start,
        period_end,
        is_complete,
        segment_name,
        segment_value,
        population,
        due_deals,
        {% for outcome in outcomes %}
            {{ outcome }}_deals,
        {% endfor %}
        removed_deals,
        cast(coalesce(due_amount, 0) as decimal(18, 2)) as due_amount,
        {% for outcome in outcomes %}
            cast(coalesce(due_amount_{{ outcome }}, 0) as decimal(18, 2))
                as due_amount_{{ outcome }},
        {% endfor %}
        cast(coalesce(booked_amount, 0) as decimal(18, 2)) as booked_amount,
        round(cast(won_deals as double) / nullif(due_deals, 0), 6) as won_rate,
        round(cast(lost_deals as double) / nullif(due_deals, 0), 6) as lost_rate,
        round(cast(slipped_deals + pushed_out_deals as double) / nullif(due_deals, 0), 6)
            as slip_rate,
        round(cast(coalesce(positive_won, 0) as double) / positive_amount, 6) as won_rate_by_amount,
        round(cast(coalesce(positive_lost, 0) as double) / positive_amount, 6)
            as lost_rate_by_amount,
        round(
            cast(coalesce(positive_slipped, 0) + coalesce(positive_pushed_out, 0) as double)
            / positive_amount,
            6
        ) as slip_rate_by_amount
    from counted
)

select * from final
order by period_start, segment_name, segment_value, population
