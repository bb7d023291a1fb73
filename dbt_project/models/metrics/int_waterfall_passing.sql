{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- What a deal that is open at neither end of a span looked like while it was.
with touched as (
    select * from {{ ref('int_waterfall_touched') }}
),

versions as (
    select * from {{ ref('fct_deal_versions') }}
),

final as (
    select
        touched.span_kind,
        touched.closing_date,
        touched.deal_id,
        max_by(coalesce(versions.amount, 0), versions.valid_from) as amount,
        max_by(versions.close_date, versions.valid_from) filter (
            where versions.close_date is not null
        ) as close_date
    from touched
    inner join versions
        on
            touched.deal_id = versions.deal_id
            and touched.opening_date < versions.valid_from
            and touched.closing_date >= versions.valid_from
    where versions.is_open
    group by touched.span_kind, touched.closing_date, touched.deal_id
)

select * from final
