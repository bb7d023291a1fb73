{{ config(meta={'by_deal': true}) }}
with records as (
    select * from {{ ref('stg_crm__deal_records') }}
),

final as (
    select *
    from records
    where not is_tombstone
    qualify row_number() over (partition by deal_id order by extract_date desc) = 1
)

select * from final
