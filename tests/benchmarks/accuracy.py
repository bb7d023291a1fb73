"""`python -m tests.benchmarks.accuracy`: how right each method is, as the page docs/accuracy.md.

Companies with a known process are simulated and forecast on past days, with only what was known then; Maven's
extracts are refreshed where they lie beside the project.
"""

import argparse
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import yaml

from orchestration.forecast import PAST_DAYS, backtest
from orchestration.forecast.scores import scored
from tests.refreshes import PROJECT, SHARED_DATA, Workplace
from tests.unit.forecast_tables import read_aggregates
from tests.unit.simulated_deals import simulated_warehouse

PAGE = PROJECT / "docs" / "accuracy.md"
AS_OF = date(2026, 8, 10)
YEARS = 3
DEALS_A_QUARTER = (20, 60, 200, 800)
COMPANIES = 8
METHODS = {
    "headline": "the forecast",
    "hazard": "member: daily rates of open deals",
    "landmark": "member: deals like these at this point of past periods",
    "series": "member: wins per day",
    "stage_history": "amounts x past wins of their stage",
    "crm_weighted": "the CRM's amounts x probabilities",
    "mean_of_3": "mean of the last three periods",
    "last_period": "the last period",
}
DRAWN = ("headline", "crm_weighted", "mean_of_3")
INTRODUCTION = """# How right the forecast is

Each data set is forecast as it would have been on past days: on the first day of each ended period and on
eight more, from what was known before that day. The average error (WAPE) is what all forecasts were off,
over what the periods brought; the columns are those made on the first day, a third and two thirds into the
period, and all of them. Bias above 0 says that a method forecasts too much. The range should hold in 80 %
of the cases.

`make backtest` makes this page. The simulated companies sell by rates that change with stage, age, season,
segment, amount and expected date, and grow; none knows what the others do. A company of your own is scored
the same way every night, in `forecast.forecast_scores`.
"""


def simulated_rows(deals_a_quarter: int, seed: int) -> pl.DataFrame:
    """The scored rows of one simulated company's back-test."""
    warehouse = simulated_warehouse(deals_a_quarter * 4 * YEARS, AS_OF, seed, float(YEARS))
    with warehouse.connection() as connection:
        frames = read_aggregates(connection)
        days = connection.sql(f"select * from intermediate.{PAST_DAYS}").pl()
    open_deals = warehouse.past_open_deals().partition_by("as_of_date", as_dict=True)
    brought = frames["int_forecast_segment_wins"].group_by("fiscal_period", "segment_name", "segment_value")
    actuals = brought.agg(actual=pl.col("amount").sum().cast(pl.Decimal(18, 2)))
    none = next(iter(open_deals.values())).clear()
    return scored(backtest(frames, days, lambda day: open_deals.get((day,), none), actuals).rows)


def maven_rows() -> pl.DataFrame:
    """The scored rows of the months of Maven's extracts."""
    mappings = PROJECT / "tests" / "mappings"
    company = yaml.safe_load((mappings / "maven_company.yaml").read_text())
    company["sources"][0].update(path=str(SHARED_DATA / "maven_crm" / "original"), crm="maven.yaml")
    company["forecast"] = {"period": "month"}
    with tempfile.TemporaryDirectory() as folder:
        workplace = Workplace.of(Path(folder), company)
        (Path(folder) / "maven.yaml").write_text((mappings / "maven.yaml").read_text())
        workplace.succeed()
        published = workplace.data / "published" / "current"
        [file] = published.rglob("forecast_backtest*.parquet")
        return scored(pl.read_parquet(file))


def table(rows: pl.DataFrame) -> Iterator[str]:
    """The methods' errors as Markdown, the smallest first after the forecast itself."""
    error = (pl.col("expected") - pl.col("actual")).cast(pl.Float64)
    brought = pl.col("actual").cast(pl.Float64)

    def wape(when: pl.Expr) -> pl.Expr:
        return error.filter(when).abs().sum() / brought.filter(when).sum()

    held = pl.col("actual").is_between(pl.col("p10"), pl.col("p90"))
    phase = (pl.col("phase") * 9).round()
    found = rows.group_by("method").agg(
        start=wape(phase == 0),
        third=wape(phase == 3),
        two_thirds=wape(phase == 6),
        all=wape(pl.lit(True)),
        bias=error.sum() / brought.sum(),
        held=held.mean(),
    )
    yield "| method | first day | a third in | two thirds in | all days | bias | range held |"
    yield "|---|---|---|---|---|---|---|"
    for row in found.sort(pl.col("method") != "headline", "all").iter_rows(named=True):
        if row["method"] in METHODS:
            errors = " | ".join(f"{row[name]:.1%}" for name in ("start", "third", "two_thirds", "all"))
            range_held = "" if row["held"] is None else f"{row['held']:.0%}"
            words = f"`{row['method']}`: {METHODS[row['method']]}"
            yield f"| {words} | {errors} | {row['bias']:+.1%} | {range_held} |"


def chart(rows: pl.DataFrame, title: str) -> Iterator[str]:
    """The error over the period, as a chart that Markdown viewers draw."""
    error = (pl.col("expected") - pl.col("actual")).cast(pl.Float64).abs().sum()
    found = rows.group_by("method", "phase").agg(wape=error / pl.col("actual").cast(pl.Float64).sum())
    yield "```mermaid"
    yield "xychart-beta"
    yield f'    title "{title}"'
    yield '    x-axis "ninths of the period that are over" 0 --> 8'
    yield '    y-axis "average error, %"'
    for method in DRAWN:
        line = found.filter(method=method).sort("phase")["wape"]
        yield f"    line [{', '.join(f'{100 * each:.1f}' for each in line)}]"
    yield "```"


def section(title: str, rows: pl.DataFrame, companies: int) -> Iterator[str]:
    """One data set."""
    headline = rows.filter(method="headline")
    periods = headline.unique(["company", "fiscal_period"]).height
    of = f"{companies} companies, " if companies > 1 else ""
    yield f"## {title}"
    yield f"{of}{periods} periods, {headline.height} forecasts."
    yield ""
    yield from table(rows)
    yield ""


def page(companies: int) -> Iterator[str]:
    """The page, line by line."""
    yield INTRODUCTION
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for deals in DEALS_A_QUARTER:
            seeds = range(1, companies + 1)
            made = list(pool.map(simulated_rows, [deals] * companies, seeds))
            numbered = [
                rows.with_columns(company=pl.lit(seed)) for seed, rows in zip(seeds, made, strict=True)
            ]
            rows = pl.concat(numbered)
            yield from section(f"Simulated: {deals} deals a quarter", rows, companies)
            if deals == 200:
                yield "The forecast, the CRM's own number and the mean of three over a period:"
                yield ""
                yield from chart(rows, "Average error over a period of 200 deals")
                yield ""
    if SHARED_DATA.exists():
        rows = maven_rows().with_columns(company=pl.lit(1))
        yield from section("Maven: a hardware seller's months", rows, 1)
        yield "Its open deals carry no amounts and no probabilities, so the CRM has no number of its own."


def main() -> None:
    """Write the page and print it."""
    parser = argparse.ArgumentParser(prog="make backtest", description=__doc__)
    parser.add_argument("--companies", type=int, default=COMPANIES, help="simulated companies of each size")
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    lines = []
    for line in page(asked.companies):
        print(line, flush=True)
        lines.append(line)
    asked.page.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
