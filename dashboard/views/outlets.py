"""Outlets: what an outlet does again and again over many shared events, beside the many things that cannot be told."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.output import figures
from analysis.schema import Measure
from analysis.settings import Settings
from dashboard import data, marks, widgets
from dashboard.steering import steer

AT_ONCE = 20  # events of two origins or more that are looked through without asking; about half a minute when nothing is prepared
FLAGS = ("early signal", "card")


def _load() -> pd.DataFrame | None:
    """Return TENDENCIES, saying each step while it is made; None while the reader has not asked for the long way."""
    if data.has_tendencies():
        return data.tendencies()
    total = data.events(page=1, per_page=1, min_origins=2)[1]
    if total > AT_ONCE and not st.button(f"Look through {widgets.count(total, 'event')}"):
        widgets.nothing("That takes a while the first time. Leave the page to stop; what is done is kept.")
        return None
    frame = st.empty()
    with frame.status("Looking through the events.", type="compact") as status:
        found = data.tendencies(lambda step: status.update(label=marks.md_escape(step)))
    frame.empty()
    return found


def _known(table: pd.DataFrame) -> dict[str, Measure]:
    """Return the measures that are shown and that this table has."""
    return {name: meaning for name, meaning in data.measures().items() if name in set(table["measure"])}


def _rules() -> None:
    """Say when an outlet may be spoken of, and what the numbers are not."""
    limits = Settings().claims
    lines = (
        f"Under {limits.early_events} shared events nothing is said about an outlet. From {limits.early_events} to {limits.card_events - 1} a difference is an "
        f"early signal; from {limits.card_events} it may stand on a card.",
        "A difference is the outlet’s article minus the mean of the other origins on the same event, averaged over events and pulled towards 0 where the "
        "events disagree. Agency copy counts for nobody.",
        "The zero is this collection: with other outlets in it, it would lie elsewhere. Each row says what happens when one of them is left out.",
        "It does not say why, it is no ranking, and an outlet that cannot be told from the others is the usual case.",
    )
    st.html(Markup("<ul>{}</ul>").format(marks.join(Markup("<li>{}</li>").format(line) for line in lines)))


def _waiting(table: pd.DataFrame) -> None:
    """List the outlets about which nothing can be said yet, with how many events they share."""
    counts = table.groupby("outlet")["n_events"].max().sort_index()
    few = counts[counts < Settings().claims.early_events]
    if few.empty:
        return
    widgets.heading("Nothing can be said yet", lead=f"Fewer than {Settings().claims.early_events} events shared with others.")
    widgets.show_table(["Outlet", "Shared events"], [[outlet, int(n)] for outlet, n in few.items()], "Outlets with too few shared events")


def _card(table: pd.DataFrame, measures: dict[str, Measure]) -> None:
    """Show one outlet: what can be told, and all that cannot."""
    counts = table.groupby("outlet")["n_events"].max().sort_index()
    ready = list(counts[counts >= Settings().claims.early_events].index)
    if not ready:
        return
    names = {marks.cut(outlet, 60): outlet for outlet in ready}
    outlet = names.get(str(st.selectbox("Outlet", list(names), key="who", bind="query-params", width=420)), ready[0])
    rows = table[(table["outlet"] == outlet) & table["measure"].isin(list(measures))]
    told = rows[rows["says"].isin(FLAGS)]
    sure = "a card" if (told["says"] == "card").any() else "early signals only" if len(told) else "nothing can be told"
    widgets.heading(f"{outlet}: {sure}", lead=f"{int(counts[outlet])} events shared with other outlets.")
    if told.empty:
        widgets.nothing("On no measure can this outlet be told from the others. That is a finding, too.")
    else:
        cells = [_line(row, measures[row["measure"]]) for row in told.to_dict("records")]
        head = ["Measure", "Against the others", "Difference", "90% interval", "Events", "q", "Without one other outlet"]
        widgets.show_table(head, cells, "What can be told; q is the share of such finds that would be luck")
    apart = rows[rows["says"] == "cannot be told apart"]
    few = rows[rows["says"] == "nothing"]
    _list("Cannot be told from the others", apart, measures)
    _list("Too few events with this measure", few, measures)


def _line(row: dict[str, object], meaning: Measure) -> list[object]:
    """Return one measure of an outlet in words and numbers, with how far it hangs on who else is in the collection."""
    side = meaning.high if row["value"] > 0 else meaning.low
    swing = f"{widgets.number(row['without_low'])} to {widgets.number(row['without_high'])}" if pd.notna(row["without_low"]) else "cannot be taken"
    turns = Markup(' <span class="px-badge px-care">turns without {}</span>').format(", ".join(row["hangs_on"])) if len(row["hangs_on"]) else ""
    return [
        Markup('{}<br><span class="px-small px-dim">{}</span>').format(meaning.title, meaning.unit),
        Markup('{} <span class="px-badge">{}</span>').format(("More: " if row["value"] > 0 else "Less: ") + side, row["says"]),
        widgets.number(row["value"], 3),
        _interval(row),
        int(row["n_events"]),
        f"{row['q']:.3f}",
        Markup("{}{}").format(swing, turns),
    ]


def _interval(row: dict[str, object]) -> str:
    """Return the interval of a difference in numbers."""
    return f"{widgets.number(row['low'], 3)} to {widgets.number(row['high'], 3)}"


def _list(title: str, rows: pd.DataFrame, measures: dict[str, Measure]) -> None:
    """List measures by name with their n."""
    if rows.empty:
        return
    items = (Markup("<li>{} ({})</li>").format(measures[row["measure"]].title, widgets.count(int(row["n_events"]), "event")) for row in rows.to_dict("records"))
    st.html(Markup('<h3 class="px-h3">{}</h3><ul class="px-flow">{}</ul>').format(title, marks.join(items)))


def _beside(table: pd.DataFrame, measures: dict[str, Measure]) -> None:
    """Show one measure for every outlet with enough events, by name and not by size."""
    titles = {meaning.title: name for name, meaning in measures.items()}
    name = titles.get(str(st.selectbox("Measure", list(titles), key="ofmeasure", bind="query-params", width=520)), next(iter(measures)))
    rows = table[(table["measure"] == name) & (table["says"] != "nothing")].sort_values("outlet")
    if rows.empty:
        widgets.nothing("No outlet has enough shared events with this measure.")
        return
    meaning = measures[name]
    figure = data.keep(("tendency", name), lambda: figures.draw_tendencies(rows, meaning.title, meaning.unit))
    cells = [[row["outlet"], int(row["n_events"]), widgets.number(row["value"], 3), _interval(row), row["says"]] for row in rows.to_dict("records")]
    twin = marks.table(["Outlet", "Events", "Difference", "90% interval", "In words"], cells, f"{meaning.title} ({meaning.unit}), by name")
    told = int(rows["says"].isin(FLAGS).sum())
    alt = f"{meaning.title}: mean difference of {len(rows)} outlets from the others on shared events, with intervals; {told} can be told apart."
    widgets.show_figure(figure, "tendency", alt, widgets.Twin(twin, rows))
    st.html(Markup('<p class="px-small px-dim">In alphabetical order. Coloured: can be told. Grey: cannot be told. Bars: 90% interval over events.</p>'))


def show() -> None:
    """Show the outlets page."""
    steer()
    widgets.heading("Outlets", 1, lead="What an outlet does again and again when it reports the same events as others, and what cannot be told.")
    if widgets.blinded():
        widgets.note("The outlets are hidden, and this page is about nothing else. Switch “Hide the outlets” off to read it.")
        return
    _rules()
    table = _load()
    if table is None:
        return
    if table.empty:
        widgets.nothing("No event is reported by two outlets yet, so no outlet can be compared with another.")
        return
    measures = _known(table)
    _card(table, measures)
    if (table["n_events"] >= Settings().claims.early_events).any() and measures:
        widgets.heading("One measure, every outlet")
        _beside(table, measures)
    _waiting(table)
    widgets.show_download(table, "tendencies", settings=Settings().as_dict())
