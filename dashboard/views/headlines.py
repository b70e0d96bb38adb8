"""Headlines: stacked in the order they appeared, with the words that only one of them uses marked."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, marks, widgets
from dashboard.once import once


@once
def _rows(chosen: Comparison, lanes: pd.DataFrame, base: str) -> Markup:
    """Return the stacked headlines; each shows in marks where its wording departs from the chosen one."""
    articles = chosen.articles.set_index("article_id")
    origins = chosen.groups.set_index("article_id")["origin_id"]
    reference, items = articles.loc[base, "title"], []
    for lane in lanes.to_dict("records"):
        key, article = lane["article_id"], articles.loc[lane["article_id"]]
        title = article["title"] or "(no headline)"
        words = marks.diff(data.pair(title, reference), "here") if key != base and article["title"] else marks.join([title])
        twins = [row["letter"] for row in lanes.to_dict("records") if row["article_id"] != key and origins[row["article_id"]] == origins[key]]
        same = (
            Markup(' <span class="px-badge" title="one text, printed by several: counted once">same text as {}</span>').format(", ".join(twins))
            if twins
            else Markup("")
        )
        items.append(
            Markup(
                '<li><span>{}<br><span class="px-small px-dim">{}</span>{}{}</span><span><span class="px-title">{}</span><br>'
                '<span class="px-small">{}</span></span></li>'
            ).format(
                widgets.tag(lane),
                widgets.when(article["published"], article["precision"]),
                widgets.made_up(article["provenance"]),
                same,
                words,
                marks.go(widgets.read_address(chosen, lanes, key, 0), "read the article", label=f"read article {lane['letter']}"),
            )
        )
    return Markup('<ul class="px-heads">{}</ul>').format(marks.join(items))


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the headlines section."""
    names = widgets.names(lanes)
    widgets.heading("Headlines", lead="Marked words are not in the headline you compare with." if len(names) > 1 else "")
    base, own = next(iter(names)), widgets.picker("against")
    if len(names) > 1:
        base = st.selectbox("Compare with the headline of", list(names), key=own, bind="query-params")
    key = names.get(str(base), lanes["article_id"].iloc[0])
    st.html(_rows(chosen, lanes, key))
    columns = ["article_id", "outlet", "title", "published", "provenance"]
    widgets.show_download(chosen.articles[columns], "headlines", chosen)
