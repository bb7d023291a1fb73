with settings as (
    select as_of_at from {{ source('raw', 'run_settings') }}
),

known as (
    select accounts.*
    from {{ source('raw', 'accounts') }} as accounts
    cross join settings
    where
        not accounts.is_tombstone
        and (accounts.created_at is null or accounts.created_at < settings.as_of_at)
),

newest as (
    select
        account_id,
        max(extract_date) as extract_date
    from known
    group by account_id
),

final as (
    select
        known.account_id,
        known.parent_account_id,
        known.account_name,
        known.industry,
        known.country,
        known.created_at
    from known
    inner join newest
        on known.account_id = newest.account_id and known.extract_date = newest.extract_date
)

select * from final
