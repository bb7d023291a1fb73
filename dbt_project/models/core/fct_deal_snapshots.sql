with settings as (
    select as_of_date from {{ source('raw', 'run_settings') }}
),

versions as (
    select
        versions.*,
        lifespans.first_seen_date,
        lag(versions.is_open) over (
            partition by versions.deal_id order by versions.valid_from
        ) as was_open,
        coalesce(versions.valid_to, settings.as_of_date) as known_until
    from {{ ref('fct_deal_versions') }} as versions
    inner join {{ ref('int_deal_lifespans') }} as lifespans on versions.deal_id = lifespans.deal_id
    cross join settings
),

-- Every day of an open version; of a closed one only the day of the close.
spans as (
    select
        *,
        valid_from as first_date,
        case when is_open then known_until else {{ add_days('valid_from', 1) }} end as end_date
    from versions
    where is_open or coalesce(was_open, true)
),

days as (
    {{ explode_days('spans', 'first_date', 'end_date') }}
),

final as (
    select
        date_day as snapshot_date,
        deal_id,
        pipeline,
        stage,
        is_open,
        is_won,
        amount,
        original_amount,
        original_currency,
        close_date,
        owner_id,
        forecast_category,
        {% for field in ['stage', 'amount', 'close_date', 'owner', 'forecast_category'] %}
            case
                when {{ field }}_provenance = 'assumed' and date_day >= first_seen_date
                    then 'carried_forward'
                else {{ field }}_provenance
            end as {{ field }}_provenance,
        {% endfor %}
        probability
    from days
)

select * from final
order by snapshot_date, deal_id
