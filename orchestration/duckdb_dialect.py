"""A SQLAlchemy dialect for Great Expectations on DuckDB, registered as `funnelcast_duckdb`.

Great Expectations has no DuckDB source of its own, and the dialect of duckdb-engine fails it twice: rows are
fetched after the connection block that asked for them has closed, when its one shared cursor holds them no
longer; and columns are looked up in `pg_collation`, which DuckDB does not have. DuckDB speaks Postgres' SQL,
and gives each statement a cursor of its own, so little has to be said here.
"""

from types import ModuleType
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import ReflectedColumn

NAME = "funnelcast_duckdb"


class DuckDBDialect(PGDialect):
    """Reads of one DuckDB, `:memory:<name>` being shared within a process; every statement is its own."""

    name = NAME
    driver = "duckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """DuckDB's own DB-API."""
        return duckdb

    def create_connect_args(self, url: sa.URL) -> tuple[list[str], dict[str, Any]]:
        """The database that the URL names."""
        return [url.database or ":memory:"], {}

    def initialize(self, connection: sa.Connection) -> None:
        """What every database is asked at first, without Postgres' own questions."""
        DefaultDialect.initialize(self, connection)

    def get_columns(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **kwargs: Any
    ) -> list[ReflectedColumn]:
        """Name, type and nullability of each column, from `duckdb_columns()`."""
        rows = connection.execute(
            sa.text(
                "select column_name, data_type, is_nullable from duckdb_columns()"
                " where table_name = :name and schema_name = :schema"
                " and database_name = current_database() order by column_index"
            ),
            {"name": table_name, "schema": schema or "main"},
        ).fetchall()
        if not rows:
            raise sa.exc.NoSuchTableError(table_name)
        return [
            {
                "name": str(name),
                "type": self.ischema_names.get(str(kind).split("(")[0].lower(), sa.types.NullType)(),
                "nullable": bool(nullable),
                "default": None,
            }
            for name, kind, nullable in rows
        ]

    def get_default_isolation_level(self, dbapi_conn: Any) -> Any:
        """Not known, and not needed for reading."""
        raise NotImplementedError  # the answer that SQLAlchemy takes for "not known"

    def do_begin(self, dbapi_connection: Any) -> None:
        """Nothing: each statement commits itself."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing: each statement has committed itself."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing: there is nothing to take back."""

    def _get_server_version_info(self, connection: sa.Connection) -> tuple[int, ...]:
        return (14,)  # the Postgres whose SQL is compiled

    def _get_default_schema_name(self, connection: sa.Connection) -> str:
        return "main"


registry.register(NAME, __name__, "DuckDBDialect")
