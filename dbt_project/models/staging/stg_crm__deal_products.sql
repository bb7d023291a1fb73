with lines as (
    select * from {{ source('raw', 'deal_products') }}
),

extracts as (
    select * from {{ ref('stg_crm__extracts') }}
),

settings as (
    select as_of_at from {{ source('raw', 'run_settings') }}
),

-- A line has no time of its own: it is known from the extract that first shows it so.
latest as (
    select lines.*
    from lines
    inner join extracts
        on
            lines.source_name = extracts.source_name
            and lines.extract_date = extracts.extract_date
    cross join settings
    where extracts.known_at <= settings.as_of_at
    qualify row_number() over (
        partition by lines.deal_id, lines.line_id
        order by lines.extract_date desc, lines.source_name asc
    ) = 1
),

final as (
    select
        deal_id,
        line_id,
        product,
        family,
        currency,
        quantity,
        amount
    from latest
    where not is_tombstone
)

select * from final
