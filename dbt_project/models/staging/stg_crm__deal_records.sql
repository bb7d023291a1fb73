{{ config(meta={'by_deal': true}) }}
-- Deals that the company file excludes count nowhere.
with records as (
    select * from {{ source('raw', 'deals') }}
),

final as (
    select
        -- ids
        deal_id,
        source_deal_id,
        account_id,
        owner_id,
        lead_id,
        campaign_id,
        merged_into_deal_id,

        -- strings
        source_name,
        deal_name,
        coalesce(pipeline, 'default') as pipeline,
        stage,
        currency,
        deal_type,
        lead_source,
        forecast_category,
        next_step,
        loss_reason,

        -- numerics
        amount,

        -- booleans
        is_tombstone,
        is_closed,
        is_won,
        is_deleted,

        -- dates and timestamps
        extract_date,
        close_date,
        created_at,
        closed_at,
        modified_at,
        deleted_at,
        merged_at
    from records
    where
        not exists (
            select 1 from {{ source('raw', 'excluded_deals') }} as excluded
            where excluded.deal_id = records.deal_id
        )
)

select * from final
