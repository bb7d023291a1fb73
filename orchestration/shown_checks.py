"""Check results as Dagster shows them: one readable check of an asset for all that was looked at."""

from collections.abc import Sequence

import dagster as dg

from orchestration.check_results import CheckResult


def shown_check(asset: dg.AssetKey, name: str, results: Sequence[CheckResult]) -> dg.AssetCheckResult:
    """Results as one check of an asset: a critical failure stops what comes after, a warning is shown."""
    failed = [result for result in results if result.status != "passed"]
    stops = any(result.is_blocking for result in failed)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{result.check}: {result.observed}" for result in failed) or None,
        metadata={
            "results": dg.MetadataValue.md(results_table(results)),
            "checks": len(results),
            "failed": len(failed),
        },
    )


def results_table(results: Sequence[CheckResult]) -> str:
    """Check results as a Markdown table, failures with a sample of their rows."""
    lines = ["| check | result | expected | observed | sample |", "|---|---|---|---|---|"]
    for result in sorted(results, key=lambda result: result.status == "passed"):
        sample = "; ".join(str(row) for row in result.sample).replace("|", "\\|").replace("\n", " ")
        word = result.status if result.status != "failed" else f"failed ({result.severity})"
        lines.append(
            f"| {result.check} | {word} | {result.expected} | {result.observed} | {_as_text(sample)} |"
        )
    return "\n".join(lines)


def _as_text(value: str) -> str:
    """Values of rows are text: nothing in them becomes markup."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "'")
