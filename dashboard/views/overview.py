"""The overview: every event and storyline of the library as a list to scan and a timeline, searched and paged on the server."""

from __future__ import annotations

import datetime
import math
import shlex
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.output import figures
from dashboard import data, marks, widgets
from dashboard.steering import steer

PER_PAGE = 25  # rows; two screens to scan
NEWEST, DIFFERENT = "Newest first", "Most different first"
COMMAND = ".venv/bin/python -m analysis ingest"


def _filters() -> dict[str, object]:
    """Show the filters, each bound to the address, and return what they ask for."""
    names = {} if widgets.blinded() else {marks.cut(name, 60): name for name in data.outlets()}
    left, right = st.columns([3, 2], vertical_alignment="bottom") if names else (st.container(), None)
    search = left.text_input(
        "Search titles and texts", key="q", bind="query-params", type="search", max_chars=200, placeholder="words, for instance a name or a place"
    )
    every = "Every outlet"
    outlet = right.selectbox("Outlet", [every, *names], key="outlet", bind="query-params") if names else every
    one, two, three = st.columns(3, vertical_alignment="bottom")
    since = one.date_input(
        "From", value=None, key="since", bind="query-params", min_value=datetime.date(1600, 1, 1), max_value=datetime.date(2200, 1, 1)
    )
    until = two.date_input(
        "Until", value=None, key="until", bind="query-params", min_value=datetime.date(1600, 1, 1), max_value=datetime.date(2200, 1, 1)
    )
    origins = three.number_input(
        "At least this many origins",
        min_value=1,
        max_value=50,
        value=1,
        key="origins",
        bind="query-params",
        help="Articles that are one text, such as agency copy, count as one origin. Comparing needs at least 2, better 4.",
    )
    end = pd.Timestamp(until, tz="UTC") + pd.Timedelta(days=1) - pd.Timedelta(seconds=1) if until else None
    return {
        "search": search or "",
        "outlet": names.get(str(outlet), ""),
        "since": pd.Timestamp(since, tz="UTC") if since else None,
        "until": end,
        "min_origins": int(origins),
    }


def _covered(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with every outlet in their titles covered while the reader reads blind."""
    return rows.assign(title=[data.covered(title) for title in rows["title"]]) if widgets.blinded() else rows


def _span(row: dict[str, object]) -> str:
    """Say when an event or storyline happened."""
    first, last = widgets.when(row["first"], "day"), widgets.when(row["last"], "day")
    return first if first == last else f"{first} – {last}"


def _event_row(row: dict[str, object]) -> Markup:
    """Return one event of the list."""
    kinds = ("article", "origin") if widgets.blinded() else ("article", "outlet", "origin")  # blind, outlets cannot be counted apart
    counts = ", ".join(widgets.count(int(row[f"n_{kind}s"]), kind) for kind in kinds)
    alone = Markup(" · nothing to compare with yet") if int(row["n_origins"]) < 2 else Markup("")
    if "n_told" in row:
        alone = Markup("<br>{} of {} differences can be told · {} in conflict · {} left out · {} compared").format(
            row["n_told"],
            row["n_tested"],
            widgets.count(int(row["n_conflicts"]), "fact"),
            widgets.count(int(row["n_left_out"]), "fact"),
            widgets.count(int(row["n_comparable"]), "comparable origin"),
        )
    return Markup('<li class="px-row"><span>{}{}</span><span class="px-when">{}</span><span class="px-counts">{}{}</span></li>').format(
        marks.go(widgets.link(event=row["event_id"]), marks.cut(row["title"] or "(no headline)", 220)),
        widgets.made_up(row["provenance"]),
        _span(row),
        counts,
        alone,
    )


def _storyline_row(row: dict[str, object]) -> Markup:
    """Return one storyline of the list."""
    counts = ", ".join((widgets.count(int(row["n_events"]), "event"), widgets.count(int(row["n_articles"]), "article")))
    return Markup('<li class="px-row"><span>{}</span><span class="px-when">{}</span><span class="px-counts">{}</span></li>').format(
        marks.go(widgets.link(event=row["storyline_id"]), marks.cut(row["title"] or "(no headline)", 220)), _span(row), counts
    )


def _empty() -> None:
    """Say how to put articles into an empty library."""
    if data.read_only():
        widgets.heading("No articles yet", lead="Whoever runs this dashboard can add some; here the library is read-only.")
        return
    widgets.heading("No articles yet", lead="Parallax compares articles you bring: pasted pages, saved web pages, a CSV or JSONL file.")
    st.html(Markup("<p>{}, or in a terminal:</p>").format(marks.go(marks.link("add"), "Add articles here")))
    st.code(f"{COMMAND} FILE-OR-FOLDER --library {shlex.quote(data.library_name())}", language=None, wrap_lines=True)
    st.html(Markup("<p>The five sample pages and the constructed teaching event come with <code>make run</code>, or into this library with:</p>"))
    st.code(f"{COMMAND} seeds/articles seeds/constructed/articles.jsonl --library {shlex.quote(data.library_name())}", language=None, wrap_lines=True)


def _timeline(events: pd.DataFrame) -> None:
    """Show the listed events in time, one row a storyline."""
    dated = events[events["first"].notna()]
    if dated["event_id"].nunique() < 2:
        return
    names = data.storyline_names(tuple(dated["storyline_id"].unique()))
    names = {key: data.covered(title) for key, title in names.items()} if widgets.blinded() else names
    order = {row["storyline_id"]: names.get(row["storyline_id"]) or row["title"] for row in dated[::-1].to_dict("records")}

    def open_event(ids: list[object]) -> None:
        st.query_params["event"] = str(ids[0])

    with st.expander("Timeline of the events on this page", icon=":material/timeline:", expanded=True):
        figure = data.keep(("timeline", widgets.blinded(), *dated["event_id"]), lambda: figures.draw_timeline(dated, order))
        twin = marks.table(
            ["Event", "Storyline", "When", "Origins"],
            [
                [marks.go(widgets.link(event=row["event_id"]), row["title"]), order[row["storyline_id"]], _span(row), row["n_origins"]]
                for row in dated.to_dict("records")
            ],
            "The events on this page in time",
        )
        widgets.show_figure(
            figure,
            "timeline",
            f"Timeline of {len(dated)} events in {len(order)} storylines; the table below lists them.",
            widgets.Twin(twin, dated.drop(columns=["provenance"])),
            open_event,
        )
        st.html(
            Markup('<p class="px-small px-dim">Each row is a storyline; a larger dot has more origins. {}</p>').format(
                _undrawn(len(events) - len(dated))
            )
        )


def _undrawn(n_undated: int) -> str:
    """Say how many events of the page a timeline cannot show."""
    return f"{widgets.count(n_undated, 'event')} without a date {'is' if n_undated == 1 else 'are'} not drawn." if n_undated else ""


def _page_of(total: int) -> int:
    """Let the reader turn pages where there are several, and return the page that is open."""
    return st.pagination(math.ceil(total / PER_PAGE), key="page", bind="query-params") if total > PER_PAGE else 1


def _show_list(frame: Any, found: pd.DataFrame) -> None:
    """Show events as a list in a frame above."""
    frame.html(Markup('<ul class="px-list">{}</ul>').format(marks.join(map(_event_row, found.to_dict("records")))))


def _events() -> None:
    """Show one page of events, the newest or the most different first."""
    wanted = _filters()
    if st.segmented_control("Order", [NEWEST, DIFFERENT], default=NEWEST, required=True, key="order", bind="query-params") == DIFFERENT:
        _different(wanted)
        return
    found, total = data.events(page=1, per_page=PER_PAGE, **wanted)
    narrowed = wanted["search"] or wanted["outlet"] or wanted["since"] or wanted["until"] or wanted["min_origins"] > 1
    verb = "matches" if total == 1 else "match"
    st.html(Markup('<p class="px-lead" role="status">{} {}</p>').format(widgets.count(total, "event"), verb if narrowed else "in the library"))
    if not total:
        widgets.nothing("Nothing matches. Try fewer words, another outlet or a longer time.")
        return
    frame, page = st.container(), _page_of(total)
    if page > 1:
        found, _ = data.events(page=page, per_page=PER_PAGE, **wanted)
    found = _covered(found)
    _show_list(frame, found)
    widgets.show_download(found, "events")
    _timeline(found)


def _different(wanted: dict[str, object]) -> None:
    """Show the events that can be compared, those with most differences that can be told first."""
    ranked, waiting = data.different(**wanted)
    widgets.lead(
        "Ranked by the share of differences between an article and the others that are more than shuffling the sentences gives. Counted among comparable "
        "reports of three origins or more; opinion pieces, texts cut short and reprints do not count."
    )
    if waiting:
        widgets.nothing(f"{widgets.count(waiting, 'event')} of two origins or more not compared yet, so not ranked. Open one, or run ingest with --prepare.")
    if ranked.empty:
        widgets.nothing("No event can be ranked yet.")
        return
    st.html(Markup('<p class="px-lead" role="status">{} ranked</p>').format(widgets.count(len(ranked), "event")))
    frame, page = st.container(), _page_of(len(ranked))
    _show_list(frame, _covered(ranked.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]))
    widgets.show_download(_covered(ranked), "most-different")


def _storylines() -> None:
    """Show the storylines, paged."""
    total = data.count_storylines()
    widgets.lead(
        "A storyline joins events by actors and time. Its articles report different happenings, so a difference may be the event's and not the outlet's."
    )
    frame, page = st.container(), 1
    if total > PER_PAGE:
        page = st.pagination(math.ceil(total / PER_PAGE), key="lines", bind="query-params")
    shown = _covered(data.storylines(page, PER_PAGE))
    frame.html(Markup('<ul class="px-list">{}</ul>').format(marks.join(map(_storyline_row, shown.to_dict("records")))))
    widgets.show_download(shown, "storylines")


def show() -> None:
    """Show the overview page."""
    steer()
    widgets.heading("One event, every outlet’s angle", 1)
    if data.is_empty():
        _empty()
        return
    widgets.lead("Choose an event to see who says what, how, and how loudly.")
    kind = st.segmented_control(
        "Show", ["Events", "Storylines"], default="Events", required=True, key="list", bind="query-params", label_visibility="collapsed"
    )
    _storylines() if kind == "Storylines" else _events()
