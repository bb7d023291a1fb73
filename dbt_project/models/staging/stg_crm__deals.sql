{{ config(meta={'by_deal': true}) }}
-- Joined to its day, since a window over whole rows takes far more CPU.
with records as (
    select * from {{ ref('stg_crm__deal_records') }}
    where not is_tombstone
),

newest as (
    select
        deal_id,
        max(extract_date) as extract_date
    from records
    group by deal_id
),

final as (
    select records.*
    from records
    inner join newest
        on records.deal_id = newest.deal_id and records.extract_date = newest.extract_date
)

select * from final
