-- What each settled period brought, by every cut: the truth that past forecasts are shown beside.
with final as (
    select
        fiscal_period,
        segment_name,
        segment_value,
        actual_amount as actual
    from {{ ref('period_actuals') }}
    where is_settled
)

select * from final
order by fiscal_period, segment_name, segment_value
