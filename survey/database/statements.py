"""The statements of a file `queries.sql`, by name, for rooms where many visitors wait at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter


def statements(of: Path) -> Any:  # functions made at run time
    """Those of the `queries.sql` beside the module `of`. They are called with a connection, never with a
    pool."""
    return aiosql.from_path(of.with_name("queries.sql"), _OnConnections)


class _OnConnections(AsyncPGAdapter):
    """aiosql's own asks with `dir` for each statement whether it was given a pool: as dear as the statement's
    own way to the database and back."""

    async def select_one(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None
    ) -> Any:
        return await conn.fetchrow(sql, *self._in_order(query_name, parameters))

    async def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.fetchval(sql, *self._in_order(query_name, parameters))

    def _in_order(self, query_name: str, parameters: dict[str, Any]) -> list[Any]:
        return [parameters[name] for name in self.var_sorted[query_name]]
