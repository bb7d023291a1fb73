-- The same bookings in every cut. A win belongs to the segment values that its deal had when it
-- was known.
with segments as (
    select
        *,
        row_number() over (partition by deal_id, segment_name order by valid_from) as value_no
    from {{ ref('fct_deal_segments') }}
),

placed as (
    select
        bookings.known_date,
        bookings.fiscal_period,
        bookings.deals,
        bookings.amount,
        segments.segment_name,
        segments.segment_value
    from {{ ref('int_forecast_bookings') }} as bookings
    inner join segments
        on
            bookings.deal_id = segments.deal_id
            and (bookings.known_date >= segments.valid_from or segments.value_no = 1)
    qualify
        row_number() over (
            partition by
                bookings.deal_id, bookings.known_date, bookings.deals, segments.segment_name
            order by segments.value_no desc
        ) = 1
),

final as (
    select
        segment_name,
        segment_value,
        fiscal_period,
        known_date,
        sum(deals) as deals,
        sum(amount) as amount
    from placed
    group by segment_name, segment_value, fiscal_period, known_date
)

select * from final
