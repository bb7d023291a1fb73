-- A returned row is a landmark day with more wins than deals, or one that the back-test forecasts
-- from, too, with other deals open than it meets there.
with past_deals as (
    select
        as_of_date,
        count(*) as deals
    from {{ ref('int_forecast_past_open_deals') }}
    group by as_of_date
),

landmarks as (
    select
        landmark_date,
        sum(deals) as deals,
        sum(case when won_deals > deals then 1 else 0 end) as impossible
    from {{ ref('int_forecast_landmarks') }}
    group by landmark_date
)

select
    landmarks.*,
    past_deals.deals as past_deals
from landmarks
left join past_deals on landmarks.landmark_date = past_deals.as_of_date
where landmarks.impossible > 0 or landmarks.deals <> past_deals.deals
