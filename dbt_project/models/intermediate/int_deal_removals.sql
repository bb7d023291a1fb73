{{ config(materialized='incremental') }}
-- Deals that left without being won or lost: deleted, absent from a full extract, or merged.
with settings as (
    select * from {{ source('raw', 'run_settings') }}
),

extracts as (
    select * from {{ ref('stg_crm__extracts') }}
),

records as (
    select
        records.*,
        {{ just_before('extracts.known_at') }} as known_at,
        extracts.previous_known_at,
        records.is_tombstone
        or coalesce(records.is_deleted, records.deleted_at is not null) as is_gone
    from {{ ref('stg_crm__deal_records') }} as records
    inner join extracts
        on
            records.source_name = extracts.source_name
            and records.extract_date = extracts.extract_date
),

marked as (
    select
        *,
        max(case when not is_gone then extract_date end) over (
            partition by deal_id
        ) as last_live_date,
        row_number() over (partition by deal_id order by extract_date) = 1 as is_first_record,
        row_number() over (
            partition by deal_id
            order by case when is_tombstone then 1 else 0 end, extract_date desc
        ) as newest_no
    from records
),

-- A deal that came back was never gone.
deletions as (
    select
        deal_id,
        coalesce(
            max(deleted_at),
            min_by(
                case
                    when
                        modified_at <= known_at
                        and (is_first_record or modified_at >= previous_known_at)
                        then modified_at
                    else known_at
                end,
                extract_date
            )
        ) as removed_at
    from marked
    where is_gone and (last_live_date is null or extract_date > last_live_date)
    group by deal_id
),

mergers as (
    select
        newest.deal_id,
        newest.merged_into_deal_id,
        coalesce(
            newest.merged_at,
            newest.deleted_at,
            min_by(
                case
                    when
                        marked.modified_at <= marked.known_at
                        and (
                            marked.is_first_record
                            or marked.modified_at >= marked.previous_known_at
                        )
                        then marked.modified_at
                    else marked.known_at
                end,
                marked.extract_date
            )
        ) as removed_at
    from marked as newest
    inner join marked
        on
            newest.deal_id = marked.deal_id
            and newest.merged_into_deal_id = marked.merged_into_deal_id
    where newest.newest_no = 1 and newest.merged_into_deal_id <> newest.deal_id
    group by newest.deal_id, newest.merged_into_deal_id, newest.merged_at, newest.deleted_at
),

final as (
    select
        coalesce(mergers.deal_id, deletions.deal_id) as deal_id,
        case when mergers.deal_id is null then 'deleted' else 'merged' end as removal_kind,
        mergers.merged_into_deal_id,
        least(mergers.removed_at, deletions.removed_at) as removed_at
    from deletions
    full outer join mergers on deletions.deal_id = mergers.deal_id
    cross join settings
    where least(mergers.removed_at, deletions.removed_at) < settings.as_of_at
)

select * from final
