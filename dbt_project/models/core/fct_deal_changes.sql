{{ config(materialized='incremental') }}
with changes as (
    select * from {{ ref('int_deal_changes_unified') }}
),

lifespans as (
    select deal_id from {{ ref('int_deal_lifespans') }}
),

settings as (
    select reporting_currency from {{ source('raw', 'run_settings') }}
),

people as (
    select
        deal_id,
        field,
        changed_at,
        new_value,
        max(changed_by) as changed_by
    from {{ ref('stg_crm__deal_changes') }}
    where changed_by is not null
    group by deal_id, field, changed_at, new_value
),

-- What a new amount adds, at the exchange rate of the day; an amount that nobody knew counts as 0.
amount_moves as (
    select
        changes.deal_id,
        changes.change_no,
        {{ to_amount(
            '(coalesce(' ~ to_decimal('changes.new_value') ~ ', 0) - coalesce('
            ~ to_decimal('changes.old_value') ~ ', 0)) * case when versions.original_currency'
            ~ ' = settings.reporting_currency then 1 else rates.rate_to_reporting end'
        ) }} as moved_amount
    from changes
    cross join settings
    inner join {{ ref('fct_deal_versions') }} as versions
        on
            changes.deal_id = versions.deal_id
            and changes.changed_date >= versions.valid_from
            and changes.changed_date < coalesce(versions.valid_to, date '9999-12-31')
    left join {{ ref('int_exchange_rates') }} as rates
        on
            versions.original_currency = rates.currency
            and changes.changed_date >= rates.valid_from
            and changes.changed_date < rates.valid_to
    where changes.field = 'amount' and changes.change_no > 0
),

final as (
    select
        changes.deal_id,
        changes.field,
        cast(changes.change_no as bigint) as change_no,
        changes.changed_at,
        changes.changed_date,
        changes.old_value,
        changes.new_value,
        amount_moves.moved_amount,
        people.changed_by,
        changes.provenance
    from changes
    inner join lifespans on changes.deal_id = lifespans.deal_id
    left join amount_moves
        on
            changes.field = 'amount'
            and changes.deal_id = amount_moves.deal_id
            and changes.change_no = amount_moves.change_no
    left join people
        on
            changes.provenance = 'observed'
            and changes.deal_id = people.deal_id
            and changes.field = people.field
            and changes.changed_at = people.changed_at
            and changes.new_value is not distinct from people.new_value
    where changes.change_no > 0 and changes.old_value is distinct from changes.new_value
)

select * from final
