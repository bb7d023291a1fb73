{{ config(materialized='incremental') }}
with settings as (
    select
        as_of_date,
        time_zone
    from {{ source('raw', 'run_settings') }}
),

-- What the source's first extract shows is all there is; of later ones only what the as-of date
-- knows.
records as (
    select
        splits.deal_id,
        splits.owner_id,
        case when not splits.is_tombstone and splits.share > 0 then splits.share end as share,
        {{ local_date(just_before('extracts.known_at'), 'settings.time_zone') }} as seen_date,
        extracts.previous_known_at
    from {{ ref('stg_crm__deal_splits') }} as splits
    inner join {{ ref('stg_crm__extracts') }} as extracts
        on
            splits.source_name = extracts.source_name
            and splits.extract_date = extracts.extract_date
    cross join settings
    where
        extracts.previous_known_at is null
        or {{ local_date(just_before('extracts.known_at'), 'settings.time_zone') }}
        < settings.as_of_date
),

shares as (
    select
        *,
        lead(seen_date) over (partition by deal_id, owner_id order by seen_date) as next_seen_date
    from records
),

days as (
    select
        deal_id,
        seen_date,
        min(previous_known_at) as previous_known_at
    from records
    group by deal_id, seen_date
),

-- The first shares of a deal that no earlier extract could have shown hold from its beginning.
sets as (
    select
        days.deal_id,
        days.seen_date,
        case
            when
                row_number() over (partition by days.deal_id order by days.seen_date) = 1
                and coalesce(lifespans.started_at >= days.previous_known_at, true)
                then lifespans.started_date
            else days.seen_date
        end as valid_from,
        lead(days.seen_date) over (partition by days.deal_id order by days.seen_date) as valid_to
    from days
    inner join {{ ref('int_deal_lifespans') }} as lifespans on days.deal_id = lifespans.deal_id
),

final as (
    select
        sets.deal_id,
        shares.owner_id,
        shares.share as recorded_share,
        sets.valid_from,
        sets.valid_to
    from sets
    left join shares
        on
            sets.deal_id = shares.deal_id
            and shares.share is not null
            and sets.seen_date >= shares.seen_date
            and (shares.next_seen_date is null or sets.seen_date < shares.next_seen_date)
    union all
    select
        deal_id,
        {{ to_text('null') }} as owner_id,
        cast(null as decimal(9, 6)) as recorded_share,
        date '1900-01-01' as valid_from,
        min(valid_from) as valid_to
    from sets
    group by deal_id
)

select * from final
