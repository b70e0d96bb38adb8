"""Tables as files that a spreadsheet cannot be tricked by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.output.cells import defuse, defuse_table
from analysis.schema import Comparison


def to_csv(table: pd.DataFrame, chosen: Comparison | None = None, settings: Mapping[str, Any] | None = None) -> bytes:
    """Return a table as CSV (UTF-8 with a byte-order mark, as Excel wants it).

    With a comparison every row also names the event, its n and what made it, so that the file can be read alone: columns
    event_id, n_articles, n_origins, settings, made_with. A table over many events names the settings alone.
    """
    safe = defuse_table(table)
    if chosen is not None:
        safe = safe.assign(
            **{
                "comparison": defuse(chosen.event_id),
                "articles_compared": len(chosen.articles),
                "origins_compared": chosen.groups["origin_id"].nunique(),
                "settings": json.dumps(chosen.settings, sort_keys=True, default=str),
                "made_with": json.dumps(chosen.made_with, sort_keys=True, default=str),
            }
        )
    elif settings is not None:
        safe = safe.assign(settings=json.dumps(settings, sort_keys=True, default=str))
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig", "replace")
