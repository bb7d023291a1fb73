{{ config(materialized='view', schema='intermediate', contract={'enforced': false}) }}

-- A deal is touched by a span on whose days its state or a segment of it changes, or it leaves.
with spans as (
    select * from {{ ref('int_waterfall_spans') }}
),

moves as (
    select
        deal_id,
        valid_from as moved_date
    from {{ ref('fct_deal_versions') }}
    union
    select
        deal_id,
        valid_from as moved_date
    from {{ ref('fct_deal_segments') }}
    union
    select
        deal_id,
        removed_date as moved_date
    from {{ ref('fct_deals') }}
    where removed_date is not null
),

final as (
    select distinct
        spans.span_kind,
        spans.opening_date,
        spans.closing_date,
        moves.deal_id
    from spans
    inner join moves
        on spans.opening_date < moves.moved_date and spans.closing_date >= moves.moved_date
)

select * from final
