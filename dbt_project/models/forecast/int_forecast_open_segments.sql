-- The segment values that open deals have now.
with final as (
    select
        open_deals.deal_id,
        segments.segment_name,
        segments.segment_value
    from {{ ref('int_forecast_open_deals') }} as open_deals
    inner join {{ ref('fct_deal_segments') }} as segments on open_deals.deal_id = segments.deal_id
    where segments.valid_to is null
)

select * from final
