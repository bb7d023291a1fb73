with accounts as (
    select * from {{ source('raw', 'accounts') }}
),

settings as (
    select as_of_at from {{ source('raw', 'run_settings') }}
),

final as (
    select
        accounts.account_id,
        accounts.parent_account_id,
        accounts.account_name,
        accounts.industry,
        accounts.country,
        accounts.created_at
    from accounts
    cross join settings
    where
        not accounts.is_tombstone
        and (accounts.created_at is null or accounts.created_at < settings.as_of_at)
    qualify row_number() over (
        partition by accounts.account_id order by accounts.extract_date desc
    ) = 1
)

select * from final
