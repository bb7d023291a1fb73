-- Days of a deal in one cell of the hazard model: stretches cut at the edges of age and of days to
-- the expected close date. Python reads buckets and classes by number.
with stretches as (
    select
        stretches.*,
        case
            when stretches.exit_kind = 'open'
                then least(stretches.to_day, {{ add_days('history.as_of_date', -1) }})
            else stretches.to_day
        end as last_day
    from {{ ref('int_forecast_stretches') }} as stretches
    cross join {{ ref('int_forecast_history') }} as history
),

ages as (
    select ages.*
    from (
        values
        (0, 0, 0), (1, 1, 2), (2, 3, 6), (3, 7, 13), (4, 14, 27), (5, 28, 55),
        (6, 56, 90), (7, 91, 139), (8, 140, 199), (9, 200, 299), (10, 300, 36500)
    ) as ages (age_bucket, youngest, oldest)
),

due_classes as (
    select
        due_class,
        min(nearest_days) as nearest_days,
        max(furthest_days) as furthest_days
    from {{ ref('int_forecast_due_states') }}
    group by due_class
),

aged as (
    select
        stretches.*,
        ages.age_bucket,
        greatest(
            stretches.from_day, {{ add_days('stretches.entered_date', 'ages.youngest') }}
        ) as aged_from,
        least(
            stretches.last_day, {{ add_days('stretches.entered_date', 'ages.oldest') }}
        ) as aged_to
    from stretches
    inner join ages
        on
            stretches.last_day >= {{ add_days('stretches.entered_date', 'ages.youngest') }}
            and stretches.from_day <= {{ add_days('stretches.entered_date', 'ages.oldest') }}
),

placed as (
    select
        *,
        0 as due_class,
        aged_from as piece_from,
        aged_to as piece_to
    from aged
    where close_date is null
    union all
    select
        aged.*,
        dues.due_class,
        greatest(
            aged.aged_from, {{ add_days('aged.close_date', '-dues.furthest_days') }}
        ) as piece_from,
        least(aged.aged_to, {{ add_days('aged.close_date', '-dues.nearest_days') }}) as piece_to
    from aged
    inner join due_classes as dues
        on
            aged.aged_to >= {{ add_days('aged.close_date', '-dues.furthest_days') }}
            and aged.aged_from <= {{ add_days('aged.close_date', '-dues.nearest_days') }}
),

final as (
    select
        deal_id,
        episode_no,
        segment_key,
        stage,
        amount_class,
        age_bucket,
        due_class,
        amount,
        piece_from as from_day,
        {{ add_days('piece_to', 1) }} as until_day,
        case when piece_to = to_day then exit_kind end as exit_kind,
        case when piece_to = to_day then next_stage end as next_stage
    from placed
    where piece_from <= piece_to
)

select * from final
