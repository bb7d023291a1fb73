-- A returned row is a deal whose newest version shows another amount, owner, stage or close than
-- the deal itself.
with newest as (
    select *
    from {{ ref('fct_deal_versions') }}
    where valid_to is null
)

select
    deals.deal_id,
    deals.amount,
    newest.amount as version_amount,
    deals.is_closed,
    newest.is_open
from {{ ref('fct_deals') }} as deals
left join newest on deals.deal_id = newest.deal_id
where
    deals.removed_date is null
    and (
        newest.deal_id is null
        or deals.amount is distinct from newest.amount
        or deals.stage is distinct from newest.stage
        or deals.owner_id is distinct from newest.owner_id
        or deals.is_closed = newest.is_open
        or deals.is_won <> newest.is_won
    )
