"""Cells of a CSV that no spreadsheet takes for a formula: a leaf that the command line and the dashboard's downloads stand on."""

from __future__ import annotations

import json

import pandas as pd

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def defuse(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe; numbers stay.

    Source: OWASP, CSV injection; the full-width signs count in East Asian settings. Held against LibreOffice by `benchmarks/bench_formulas.py`.
    """
    if isinstance(value, (list, dict, tuple)):
        value = json.dumps(value, ensure_ascii=False)
    return "'" + value if isinstance(value, str) and value.lstrip(" \n").startswith(_DANGEROUS) else value


def defuse_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose every cell and column name is defused."""
    safe = table.astype(object).map(defuse)
    safe.columns = [defuse(str(column)) for column in table.columns]
    return safe
