with final as (
    select
        account_id,
        account_name,
        industry,
        country,
        parent_account_id
    from {{ ref('stg_crm__accounts') }}
)

select * from final
order by account_id
