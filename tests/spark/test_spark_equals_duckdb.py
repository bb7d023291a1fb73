"""Every model holds the same rows on Spark as in DuckDB, and each holds some."""

import polars as pl
import polars.selectors as cs
import pytest
from polars.testing import assert_frame_equal

from tests.refreshes import PROJECT
from tests.spark.conftest import Table

pytestmark = pytest.mark.filterwarnings("default")  # dbt and PySpark, in this process, warn of their own code

MODELS = sorted(path.stem for path in (PROJECT / "dbt_project" / "models").glob("*/*.sql"))


@pytest.mark.parametrize("model", MODELS)
def test_a_model_has_the_same_columns_and_rows_on_both_engines(
    duckdb_table: Table, spark_table: Table, model: str
) -> None:
    spark, duckdb = in_one_form(spark_table(model)), in_one_form(duckdb_table(model))
    assert not duckdb.is_empty()
    assert_frame_equal(spark, duckdb, rel_tol=1e-9, abs_tol=0)


def in_one_form(frame: pl.DataFrame) -> pl.DataFrame:
    """The same values in the types that both engines have, in a total order (doubles decide last)."""
    typed = frame.with_columns(
        cs.datetime().dt.replace_time_zone(None).dt.cast_time_unit("us"),
        *[pl.col(name).cast(common_type(kind)) for name, kind in frame.schema.items() if kind.is_numeric()],
    )
    return typed.sort([*typed.select(~cs.float()).columns, *typed.select(cs.float()).columns])


def common_type(kind: pl.DataType) -> pl.DataType:
    """Whole numbers of any width as one type, decimals of any width by their places."""
    if kind.is_decimal() and getattr(kind, "scale", 0):
        return pl.Decimal(38, getattr(kind, "scale", 0))
    return pl.Float64() if kind.is_float() else pl.Int64()
