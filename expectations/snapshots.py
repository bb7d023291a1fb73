"""What core.fct_deal_snapshots, one row per day and deal that is open or closes on it, must hold."""

from expectations.suite import Suite, no_rows, not_null, unique

# Deals that are open as of the as-of date, and what the newest day's snapshot says of them.
_NEWEST_DAY = """
    with settings as (select as_of_date - 1 as newest_day from raw.run_settings),

    deals as (
        select deal_id, pipeline, stage, amount, owner_id
        from core.fct_deals
        where not is_closed and removed_date is null
    ),

    newest as (
        select snapshots.*
        from {batch} as snapshots
        inner join settings on snapshots.snapshot_date = settings.newest_day
        where snapshots.is_open
    )
"""
_REBUILD = "Run a full rebuild; if the check still fails, this is a fault of the program: please report it."

SUITE = Suite(
    name="snapshots",
    source="core.fct_deal_snapshots",
    key=("snapshot_date", "deal_id"),
    checks=(
        not_null("snapshot_date", "Every snapshot has its day."),
        not_null("deal_id", "Every snapshot names its deal.", name="snapshot_deal_id_not_null"),
        not_null("is_open", "Every snapshot says whether the deal is open."),
        unique("snapshot_unique", ("snapshot_date", "deal_id"), "A deal stands once on each day."),
        no_rows(
            "snapshot_days_without_gap",
            """
            with gapped as (
                select deal_id
                from {batch}
                group by all
                having count(*) <> max(snapshot_date) - min(snapshot_date) + 1
            ),

            days as (
                select
                    snapshots.deal_id, snapshots.snapshot_date, snapshots.is_open,
                    lead(snapshots.snapshot_date) over by_deal as next_date
                from {batch} as snapshots
                inner join gapped on snapshots.deal_id = gapped.deal_id
                window by_deal as (partition by snapshots.deal_id order by snapshots.snapshot_date)
            )

            select deal_id, snapshot_date as last_date_before_gap, next_date
            from days
            where is_open and next_date > snapshot_date + 1
            order by all
            """,
            "An open deal has a row on every day, also when nothing changed.",
            expected="a row for every day on which a deal is open",
            remedy=_REBUILD,
        ),
        no_rows(
            "newest_snapshot_is_yesterday",
            """
            select as_of_date, max(snapshot_date) as newest_snapshot_date
            from raw.run_settings
            left join {batch} as snapshots on true
            group by all
            having
                max(snapshot_date) > as_of_date - 1
                or (
                    max(snapshot_date) is distinct from as_of_date - 1
                    and exists (select 1 from core.fct_deals where not is_closed and removed_date is null)
                )
            """,
            "The newest snapshot is of the day before the as-of date.",
            expected="newest snapshot = as-of date - 1 day",
            remedy=_REBUILD,
        ),
        no_rows(
            "open_deals_have_newest_snapshot",
            _NEWEST_DAY
            + """
            select
                coalesce(deals.deal_id, newest.deal_id) as deal_id,
                deals.deal_id is not null as is_open_deal, newest.deal_id is not null as has_snapshot
            from deals
            full outer join newest on deals.deal_id = newest.deal_id
            where deals.deal_id is null or newest.deal_id is null
            order by all
            """,
            "The newest snapshot holds exactly the deals that are open.",
            expected="one open row on the newest day for each open deal",
            remedy=_REBUILD,
        ),
        no_rows(
            "newest_snapshot_equals_deals",
            _NEWEST_DAY
            + """
            select
                deals.deal_id, deals.amount, newest.amount as snapshot_amount,
                deals.stage, newest.stage as snapshot_stage,
                deals.owner_id, newest.owner_id as snapshot_owner_id
            from deals
            inner join newest on deals.deal_id = newest.deal_id
            where
                deals.amount is distinct from newest.amount
                or deals.stage is distinct from newest.stage
                or deals.pipeline is distinct from newest.pipeline
                or deals.owner_id is distinct from newest.owner_id
            order by all
            """,
            "On the newest day snapshots and deals agree in amount, stage, pipeline and owner, to the cent.",
            expected="equal amount, stage, pipeline and owner",
            remedy=_REBUILD,
        ),
        no_rows(
            "some_deals_open",
            _NEWEST_DAY
            + """
            select newest_day, 0 as open_deals from settings where not exists (select 1 from newest)
            """,
            "Some deals are open: without any, the forecast rests on deals not created yet alone.",
            expected="one open deal or more",
            severity="warning",
            remedy="Check that the export's filter does not leave out open deals.",
        ),
    ),
)
