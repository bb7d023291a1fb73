-- A returned row is a version without a day in it, or one that begins on or after the as-of date.
select
    versions.deal_id,
    versions.valid_from,
    versions.valid_to
from {{ ref('fct_deal_versions') }} as versions
cross join {{ source('raw', 'run_settings') }} as settings
where versions.valid_to <= versions.valid_from or versions.valid_from >= settings.as_of_date
