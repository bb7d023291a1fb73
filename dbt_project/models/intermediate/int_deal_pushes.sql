{{ config(materialized='incremental') }}
-- How often, and by how many days, each deal's expected close date moved to a later day while the
-- deal was open, by the state at the end of each day. A date set as a deal is reopened is no push.
with versions as (
    select
        deal_id,
        valid_from,
        is_open,
        close_date,
        sum(case when is_open then 0 else 1 end) over (
            partition by deal_id order by valid_from
            rows between unbounded preceding and current row
        ) as stretch_no
    from {{ ref('fct_deal_versions') }}
),

dated as (
    select
        deal_id,
        valid_from,
        close_date,
        lag(close_date) over (
            partition by deal_id, stretch_no order by valid_from
        ) as previous_close_date
    from versions
    where is_open and close_date is not null
),

final as (
    select
        deal_id,
        min_by(close_date, valid_from) as first_close_date,
        cast(count(case when close_date > previous_close_date then 1 end) as integer) as push_count,
        cast(
            sum(
                case
                    when close_date > previous_close_date
                        then {{ days_between('previous_close_date', 'close_date') }}
                    else 0
                end
            ) as integer
        ) as days_pushed
    from dated
    group by deal_id
)

select * from final
