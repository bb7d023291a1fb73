{{ config(materialized='incremental') }}
with shares as (
    select * from {{ ref('int_deal_shares') }}
    where share > 0 or owner_id is null
),

versions as (
    select
        deal_id,
        coalesce(owner_id, '(none)') as owner_id,
        removal_kind is not null as is_removed,
        valid_from
    from {{ ref('int_deals_versioned') }}
),

changed as (
    select *
    from versions
    qualify
        owner_id is distinct from lag(owner_id) over (partition by deal_id order by valid_from)
        or is_removed
        is distinct from lag(is_removed) over (partition by deal_id order by valid_from)
),

owned as (
    select
        *,
        lead(valid_from) over (partition by deal_id order by valid_from) as valid_to
    from changed
),

final as (
    select
        owned.deal_id,
        coalesce(shares.owner_id, owned.owner_id) as owner_id,
        coalesce(shares.share, cast(1 as decimal(9, 6))) as share,
        shares.recorded_share,
        coalesce(shares.is_normalised, false) as is_normalised,
        greatest(
            owned.valid_from, coalesce(shares.valid_from, owned.valid_from)
        ) as valid_from,
        least(owned.valid_to, shares.valid_to) as valid_to
    from owned
    left join shares
        on
            owned.deal_id = shares.deal_id
            and (owned.valid_to is null or owned.valid_to > shares.valid_from)
            and (shares.valid_to is null or owned.valid_from < shares.valid_to)
    where not owned.is_removed
)

select * from final
