with quotas as (
    select * from {{ source('raw', 'quotas') }}
),

settings as (
    select
        as_of_date,
        as_of_at,
        time_zone
    from {{ source('raw', 'run_settings') }}
),

readings as (
    select
        quotas.*,
        settings.as_of_date,
        extracts.known_at <= settings.as_of_at as is_known,
        {{ local_date(just_before('extracts.known_at'), 'settings.time_zone') }} as known_date,
        row_number() over (
            partition by
                quotas.owner_id, quotas.team, quotas.period_start, quotas.deal_type,
                quotas.valid_from
            order by extracts.known_at, quotas.source_name
        ) as reading_no
    from quotas
    inner join {{ ref('stg_crm__extracts') }} as extracts
        on
            quotas.source_name = extracts.source_name
            and quotas.extract_date = extracts.extract_date
    cross join settings
),

-- What a quota was before it was first landed is what it was then.
known as (
    select
        *,
        lead(reading_no) over (
            partition by owner_id, team, period_start, deal_type, valid_from order by reading_no
        ) is null as is_newest
    from readings
    where is_known or reading_no = 1
),

-- Without a day from which it holds, a quota begins anew with every extract in which it changed;
-- with one, its newest reading counts. One that is gone ends on the day on which it was missed.
dated as (
    select
        *,
        case
            when is_tombstone then greatest(coalesce(valid_from, known_date), known_date)
            when valid_from is not null then valid_from
            when reading_no = 1 then date '1900-01-01'
            else known_date
        end as holds_from
    from known
    where is_newest or not is_tombstone or valid_from is null
),

newest as (
    select * from dated
    where holds_from < as_of_date
    qualify
        row_number() over (
            partition by owner_id, team, period_start, deal_type, holds_from
            order by reading_no desc, valid_from desc nulls last
        ) = 1
),

intervals as (
    select
        owner_id,
        team,
        deal_type,
        period_start,
        period_end,
        holds_from as valid_from,
        lead(holds_from) over (
            partition by owner_id, team, period_start, deal_type order by holds_from
        ) as valid_to,
        case when not is_tombstone then amount end as amount,
        currency
    from newest
),

final as (
    select * from intervals
    where amount is not null
)

select * from final
