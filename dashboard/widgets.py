"""Pieces that several views share: addresses, figures with their table, evidence, notes, downloads.

State that makes a view lies in the address. Widgets own theirs through `bind="query-params"`; `event`, `sentence`, `claim`,
`cell`, `actor`, `pick` and `word` belong to no widget and are read with `asked`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.output import figures
from analysis.schema import Comparison, ParallaxError
from dashboard import exports, marks
from dashboard.once import building, show_html

KEPT = ("layers", "measure")  # choices on an event that a link carries along, so that a click does not undo them
SIZES = {"Normal text": 1.0, "Large": 1.25, "Projector": 1.6}  # x the size of text; 1.6 reads from the last row of a class room


def asked(name: str) -> str:
    """Return a parameter of the address that belongs to no widget, '' when absent."""
    if building():
        raise RuntimeError(f"a part that all visitors share may not depend on the address of one: pass {name!r} as an argument")
    return str(st.query_params.get(name, ""))


def blinded() -> bool:
    """Say whether the reader asked for the outlets to be hidden."""
    return bool(st.session_state.get("blind"))


def text_size() -> float:
    """Return how many times larger than usual text is to be shown."""
    return SIZES.get(str(st.session_state.get("size")), 1.0)


def picker(name: str) -> str:
    """Return the key of a widget whose options name articles: another one while blind, so that its old value leaves the address at once."""
    return f"{name}-blind" if blinded() else name


def link(page: str = "", **state: object) -> str:
    """Return the address of a page in a given state, with what holds on every page: blind reading and the size of text."""
    size = str(st.session_state.get("size") or "")
    return marks.link(page, **{"blind": blinded(), "size": size if text_size() != 1 else "", **state})


def address(chosen: Comparison, section: str, **state: object) -> str:
    """Return the address of a section of this event in a given state."""
    kept = {key: st.session_state[key] for key in KEPT if st.session_state.get(key)}
    return link(event=chosen.event_id, section=section, **{**kept, **state})


def names(lanes: pd.DataFrame) -> dict[str, str]:
    """Return label -> article_id for a select box, whose options are plain text."""
    return {marks.cut(label, 48): article_id for label, article_id in zip(lanes["label"], lanes["article_id"], strict=True)}


def pills(lanes: pd.DataFrame) -> dict[str, str]:
    """Return label -> article_id for pills, whose options are Markdown; the address carries the label too."""
    return {marks.md_escape(label): article_id for label, article_id in names(lanes).items()}


def read_address(chosen: Comparison, lanes: pd.DataFrame, article_id: str, sentence: object, beside: Iterable[str] = ()) -> str:
    """Return the address of a sentence in the Read section, with the articles to stand beside it."""
    by_id = {key: label for label, key in pills(lanes).items()}
    columns = [by_id[key] for key in dict.fromkeys([article_id, *beside]) if key in by_id][:4]
    return address(chosen, "Read", **{picker("read"): columns}, sentence=f"{article_id}.{int(sentence)}")


def target() -> tuple[str, int] | None:
    """Return the (article_id, sentence) the address points at, or None."""
    article_id, _, number = asked("sentence").rpartition(".")
    return (article_id, int(number)) if article_id and number.isdecimal() and len(number) < 7 else None


def heading(text: object, level: int = 2, lead: str = "") -> None:
    """Show a heading that is read letter by letter, and under it a sentence on how to read what follows."""
    under = Markup('<p class="px-lead">{}</p>').format(lead) if lead else Markup("")
    show_html(Markup('<h{0} class="px-h{0}">{1}</h{0}>{2}').format(level, text, under))


def lead(text: object) -> None:
    """Show a sentence that says how to read what follows."""
    show_html(Markup('<p class="px-lead">{}</p>').format(text))


def note(text: object, plain: bool = False) -> None:
    """Show a notice the reader must not miss, or, when plain, a remark."""
    show_html(Markup('<p class="px-note {}" role="note">{}</p>').format("px-plain" if plain else "", text))


def nothing(text: str) -> None:
    """Say in words that there is nothing to show, and why."""
    note(text, plain=True)


def panel(show: Callable[..., None]) -> Callable[..., None]:
    """Make a view a fragment, so that a click redraws it alone; errors a person can act on are shown in its place.

    A fragment that runs again does not pass through the entry's error boundary.
    """

    @functools.wraps(show)
    def guarded(*args: Any) -> None:
        try:
            show(*args)
        except ParallaxError as error:
            say_error(error)

    return st.fragment(guarded)


def say_error(error: ParallaxError) -> None:
    """Show an error a person can act on: what happened, where, what to do."""
    lines = [
        Markup("<strong>{}</strong>").format(marks.sentence(error.problem)),
        error.where and f"Where: {error.where}",
        error.column and f"Field: {error.column}",
        error.remedy and f"What you can do: {marks.sentence(error.remedy)}",
    ]
    st.html(Markup('<div class="px-note" role="alert">{}</div>').format(marks.join([line for line in lines if line], Markup("<br>"))))
    st.html(marks.go(link(), "Back to the overview"))


def say_beside(error: ParallaxError) -> None:
    """Say beside a form why what was typed was not taken and what to do; the form keeps what was typed."""
    said = [marks.sentence(words) for words in (error.problem, error.remedy) if words]
    st.html(Markup('<p class="px-note" role="alert"><strong>{}</strong> {}</p>').format(said[0], " ".join(said[1:])))


def tag(lane: pd.Series | dict[str, Any]) -> Markup:
    """Return an article's letter, outlet and, when it is no report, its genre."""
    name = Markup("<span>{}{}</span>").format(lane["outlet"] or "outlet unknown", kind_of_text(lane["genre"]))
    return Markup('<span class="px-tag"><span class="px-letter">{}</span>{}</span>').format(lane["letter"], name)


def show_key(lanes: pd.DataFrame) -> None:
    """Show which letter is which article, above a figure that has room for the letters alone."""
    letters = Markup("").join(Markup("<span>{}</span>").format(tag(lane)) for lane in lanes.to_dict("records"))
    st.html(Markup('<p class="px-small px-key">{}</p>').format(letters))


def kind_of_text(genre: object) -> Markup:
    """Return the label of a text that is no report (opinion, live, round-up, transcript), or nothing."""
    if genre in ("", "news"):
        return Markup("")
    return Markup(' <span class="px-badge px-care" title="another kind of text than a report">{}</span>').format(genre)


def made_up(provenance: object) -> Markup:
    """Return the label of an article that is not the person's own ('constructed', 'seed'), or nothing."""
    words = {"constructed": ("constructed", "px-made", "invented for teaching and tests"), "seed": ("seed", "px-seed", "came with the tool")}
    if not provenance:
        return Markup("")
    name, css, meaning = words.get(str(provenance), (str(provenance), "px-seed", ""))
    return Markup(' <span class="px-badge {}" title="{}">{}</span>').format(css, meaning, name)


def show_download(
    rows: pd.DataFrame | Callable[[], pd.DataFrame], key: str, chosen: Comparison | None = None, settings: Mapping[str, Any] | None = None
) -> None:
    """Offer rows as a CSV that is safe to open, built when it is asked for; it names the event it is from, or the settings that made it."""
    st.download_button(
        "Download CSV",
        data=lambda: exports.to_csv(rows() if callable(rows) else rows, chosen, settings),
        file_name=f"parallax-{key}.csv",
        mime="text/csv",
        key=f"csv-{key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def show_table(head: Sequence[object], cells: Iterable[Sequence[object]], caption: str, css: str = "") -> None:
    """Show a table of escaped cells; it scrolls sideways on a narrow screen."""
    show_html(marks.table(head, cells, caption, css))


@dataclass(frozen=True)
class Twin:
    """The same numbers as a figure: a table to read, whose links do what a click on a point does, and rows to download."""

    html: Markup
    rows: pd.DataFrame
    chosen: Comparison | None = None


def show_figure(figure: Any, key: str, alt: str, twin: Twin, pick: Callable[[list[Any]], None] | None = None) -> None:
    """Show a figure with its table and its download.

    Args:
        figure: from `analysis.output.figures`.
        key: unique on the page.
        alt: what the figure shows, for those who do not see it.
        twin: the table behind it.
        pick: called with the `customdata` of a clicked point.
    """

    def picked() -> None:
        points = st.session_state[key].selection.points
        if points and pick is not None:
            ids = points[0].get("customdata")
            pick(list(ids.values()) if isinstance(ids, dict) else list(ids or []))

    factor = text_size()
    st.plotly_chart(
        figure if factor == 1 else figures.enlarge(figure, factor),
        key=key,
        on_select=picked if pick else "ignore",
        selection_mode="points",
        config={"displayModeBar": False},
        alt=alt,
    )
    st.html(marks.save_buttons(f"parallax-{key}"))
    with st.expander("Show as table", icon=":material/table:"):
        st.html(twin.html)
        show_download(twin.rows, key, twin.chosen)


def show_sentences(chosen: Comparison, lanes: pd.DataFrame, article_id: str, numbers: Sequence[int], title: object) -> None:
    """Show the sentences a number rests on; each leads to its place in the text."""
    rows = chosen.sentences[(chosen.sentences["article_id"] == article_id) & chosen.sentences["sentence"].isin([int(number) for number in numbers])]
    heading(title, 3)
    if rows.empty:
        nothing("No sentence to show.")
        return
    order = {int(number): place for place, number in enumerate(numbers)}
    rows = sorted(rows.to_dict("records"), key=lambda row: order[int(row["sentence"])])
    items = [
        Markup('<li><span class="px-dim">{}</span> {} {}</li>').format(
            place_of(row), row["text"], marks.go(read_address(chosen, lanes, article_id, row["sentence"]), marks.IN_PLACE)
        )
        for row in rows
    ]
    show_html(Markup("<ul>{}</ul>").format(marks.join(items)))


def place_of(row: dict[str, Any]) -> str:
    """Say where a sentence stands: headline or paragraph number."""
    return "Headline:" if int(row["sentence"]) == 0 else f"¶{int(row['paragraph'])}:"


def when(moment: object, precision: str = "time") -> str:
    """Say a time of publication in words; unknown stays unknown."""
    if moment is None or pd.isna(moment):
        return "date unknown"
    stamp = pd.Timestamp(moment)
    return f"{stamp.day} {stamp:%b %Y}" + (f", {stamp:%H:%M} UTC" if precision == "time" else "")


def logged_at(at: object) -> str:
    """Say when an entry of a log was made, to the minute and as it is written: a log may come from anywhere."""
    return marks.cut(str(at).replace("T", " ")[:16], 16)


def count(number: int, noun: str) -> str:
    """Say a number with its noun: 1 article, 2 articles."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def number(value: object, digits: int = 2) -> str:
    """Say a number, or a dash when there is none."""
    return "–" if value is None or pd.isna(value) else f"{float(value):+.{digits}f}".replace("-", "−")
