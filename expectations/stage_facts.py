"""What core.fct_deal_stages, one row per deal and visit of an open stage, must hold."""

from expectations.suite import Suite, at_least, in_set, no_rows, not_null, unique

_EXIT_KINDS = ("advance", "back", "won", "lost", "moved_pipeline", "deleted", "merged", "open")

SUITE = Suite(
    name="stage_facts",
    source="core.fct_deal_stages",
    key=("deal_id", "visit_no"),
    checks=(
        not_null("deal_id", "Every visit names its deal.", name="visit_deal_id_not_null"),
        not_null("entered_at", "Every visit has a beginning."),
        unique("visit_unique", ("deal_id", "visit_no"), "Each visit of a deal stands once."),
        in_set("exit_kind_known", "exit_kind", _EXIT_KINDS, "Every visit says how it ended, if it did."),
        at_least("days_in_stage_not_negative", "days_in_stage", 0, "No visit lasts less than no time."),
        no_rows(
            "exit_after_entry",
            """
            select deal_id, visit_no, stage, entered_at, exited_at
            from {batch}
            where exited_at < entered_at or exited_date < entered_date
            order by all
            """,
            "No visit ends before it begins.",
            expected="exited_at at or after entered_at",
        ),
        no_rows(
            "open_visits_have_no_exit",
            """
            select deal_id, visit_no, stage, exit_kind, exited_at
            from {batch}
            where (exit_kind = 'open') is distinct from (exited_at is null)
            order by all
            """,
            "A visit has no end exactly while it lasts.",
            expected="exit_kind open exactly where exited_at is empty",
        ),
        no_rows(
            "visits_do_not_overlap",
            """
            select deal_id, visit_no, stage, entered_at, previous_exited_at
            from (
                select
                    deal_id, visit_no, stage, entered_at,
                    lag(coalesce(exited_at, timestamp '9999-12-31')) over by_deal as previous_exited_at
                from {batch}
                window by_deal as (partition by deal_id order by visit_no)
            ) as visits
            where entered_at < previous_exited_at
            order by all
            """,
            "A deal is in one stage at a time.",
            expected="each visit begins at or after the end of the one before",
        ),
        no_rows(
            "one_open_visit_per_open_deal",
            """
            with open_visits as (
                select deal_id, count(*) as open_visits from {batch} where exit_kind = 'open' group by all
            )

            select
                coalesce(deals.deal_id, open_visits.deal_id) as deal_id,
                deals.stage, deals.is_closed, deals.removed_date,
                coalesce(open_visits.open_visits, 0) as open_visits
            from core.fct_deals as deals
            full outer join open_visits on deals.deal_id = open_visits.deal_id
            where
                coalesce(open_visits.open_visits, 0)
                <> case when not deals.is_closed and deals.removed_date is null then 1 else 0 end
                and (deals.stage is not null or open_visits.open_visits > 0)
            order by all
            """,
            "An open deal is in exactly one stage, and a closed or removed deal in none.",
            expected="one open visit per open deal, none for others",
        ),
        no_rows(
            "open_stage_agrees",
            """
            select deals.deal_id, deals.stage, visits.stage as visited_stage, visits.entered_at
            from core.fct_deals as deals
            inner join {batch} as visits on deals.deal_id = visits.deal_id
            where
                visits.exit_kind = 'open'
                and (deals.stage, deals.pipeline) is distinct from (visits.stage, visits.pipeline)
            order by all
            """,
            "The stage an open deal is in is the stage its open visit names.",
            expected="fct_deals and fct_deal_stages name the same stage",
        ),
        no_rows(
            "no_visit_after_as_of",
            """
            select deal_id, visit_no, stage, entered_at, exited_at
            from {batch}
            cross join (select as_of_at from raw.run_settings) as settings
            where greatest(entered_at, exited_at) >= as_of_at
            order by all
            """,
            "Nothing that happened on or after the as-of date is known.",
            expected="all visits begin and end before the as-of date",
        ),
        no_rows(
            "stages_unmapped",
            """
            with stages as (
                select deal_id, pipeline, stage from {batch} where process_step is null
                union all
                select deal_id, pipeline, stage from core.fct_deals
                where process_step is null and stage is not null and removed_date is null
            )

            select pipeline, stage, count(distinct deal_id) as deals
            from stages
            group by all
            order by deals desc, pipeline, stage
            """,
            "Every stage is mapped to a step of the sales process; others are left out of the funnel.",
            expected="a process step for every stage",
            severity="warning",
            remedy="Name these stages in the stages file, or under process in the company file.",
        ),
    ),
)
