"""A Comparison as plain JSON and back: what `compare` prints, what a library keeps, what a colleague can read anywhere."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.schema import COMPARISON_TABLES, Comparison, InputError

VERSION = 1
_KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float", "M": "time"}


def pack_comparison(comparison: Comparison) -> str:
    """Return the Comparison as one JSON object.

    Each table is a list of records. Undefined numbers and times are null, times are ISO 8601 in UTC. `kinds` names the type of every
    column, so that an empty table and an all-null column come back as they were.

    Returns:
        JSON text ending in a line break; the same Comparison always gives the same text.
    """
    kinds = {name: {column: _kind(table[column]) for column in table.columns} for name, table in comparison.tables.items()}
    packed = {
        "version": VERSION, "event_id": comparison.event_id, "scope": comparison.scope, "notices": list(comparison.notices),
        "settings": comparison.settings, "made_with": comparison.made_with,
        "tables": {name: _records(table, kinds[name]) for name, table in comparison.tables.items()}, "kinds": kinds,
    }
    return json.dumps(packed, ensure_ascii=False, allow_nan=False) + "\n"


def unpack_comparison(text: str, *, where: str = "comparison") -> Comparison:
    """Read what `pack_comparison` wrote; the tables are equal to those packed.

    Raises:
        InputError: not such JSON, or of another version.
    """
    try:
        packed = json.loads(text)
        if packed["version"] != VERSION:
            raise InputError(f"written by version {packed['version']}, this is version {VERSION}", where=where, remedy="Compute it again with `compare`")
        kinds = packed["kinds"]
        tables = {table.name: _table(packed["tables"][table.name], kinds[table.name]) for table in COMPARISON_TABLES}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"this is no comparison ({type(error).__name__})", where=where, remedy="Give the JSON that `compare` wrote") from error
    return Comparison(event_id=packed["event_id"], scope=packed["scope"], notices=tuple(packed["notices"]), tables=tables,
                      settings=packed["settings"], made_with=packed["made_with"])


def _kind(column: pd.Series) -> str:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return "time"
    if pd.api.types.is_extension_array_dtype(column.dtype) and pd.api.types.is_integer_dtype(column.dtype):
        return "maybe int"
    return _KINDS.get(column.dtype.kind, "other")


def _records(table: pd.DataFrame, kinds: dict[str, str]) -> list[dict[str, Any]]:
    columns = [[_plain(value) for value in table[name].array] if kinds[name] == "other" else _numbers(table[name], kinds[name]) for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _numbers(column: pd.Series, kind: str) -> list[Any]:
    if kind == "time":
        return [None if pd.isna(value) else value.isoformat() for value in column]
    return [None if value is pd.NA or isinstance(value, float) and not math.isfinite(value) else value for value in column.astype(object).tolist()]


def _plain(value: Any) -> Any:
    """Lists, numbers and words of a mixed column as JSON knows them."""
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA or value is pd.NaT or isinstance(value, float) and math.isnan(value):
        return None
    return value.isoformat() if isinstance(value, pd.Timestamp) else value


def _table(records: list[dict[str, Any]], kinds: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: _column([record[name] for record in records], kind) for name, kind in kinds.items()})


def _column(values: list[Any], kind: str) -> pd.Series:
    if kind == "time":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601"), dtype="datetime64[us, UTC]")
    if kind == "float":
        return pd.Series([math.nan if value is None else value for value in values], dtype="float64")
    if kind in ("int", "maybe int", "bool"):
        return pd.Series(values, dtype={"int": "int64", "maybe int": "Int64", "bool": "bool"}[kind])
    return pd.Series(values, dtype="object" if any(not isinstance(value, str) for value in values) else "str")
