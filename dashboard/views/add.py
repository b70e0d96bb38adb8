"""Add articles: pasted text, links and feeds, files; each looked at before it is added, and a report of what came of it."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import InputError
from dashboard import adding, data, marks, widgets
from dashboard.steering import steer

WAYS = ("Paste text", "Links and feeds", "Files")
FIELDS = {"text": "Text", "title": "Headline", "outlet": "Outlet", "published": "Date", "url": "Address", "byline": "Author"}
KINDS = ["html", "htm", "xhtml", "txt", "md", "jsonl", "ndjson", "json", "csv", "tsv", "parquet", "xlsx", "xlsm", "xls", "ods", "rss", "atom", "xml", "opml",
         "zip", "gz", "warc"]  # fmt: skip
NOT_THERE = "not in this file"
SHOWN = 100  # rows of a report; the download has all
PREVIEW = 160  # characters of a cell or text shown before adding


def _session() -> str:
    """Return a name for this visit that nobody else can guess."""
    context = st.runtime.scriptrunner.get_script_run_ctx()
    return context.session_id if context is not None else ""


def _begin(sources: list[Any], network: bool, spent: tuple[str, ...] = ()) -> None:
    """Begin to add sources, and empty the boxes they came from."""
    if adding.start(_session(), sources, network):
        for key in spent:
            st.session_state.pop(key, None)
        st.session_state["round"] = st.session_state.get("round", 0) + 1
        st.rerun()
    widgets.note("Somebody else is adding articles at this moment. Nothing was begun; try again when they are done.")


def _key(name: str) -> str:
    """Return a widget key that is new after each ingest, so that the boxes are empty again."""
    return f"{name}-{st.session_state.get('round', 0)}"


# ------------------------------------------------------------------------------------------------------------------ pasted text
def _paste() -> None:
    """Show the box for pasted text, then each article in it, to be put right before it is added."""
    widgets.lead(
        "Paste one article, or several with a line of five or more equal signs (=====) between them. "
        "Menus and boxes around the text may stay: they are told apart."
    )
    text = st.text_area("Text of the articles", key=_key("pasted"), height=220, max_chars=2_000_000, placeholder="Headline, then the text…")
    if st.button("Look at it", key="look"):
        st.session_state[_key("looked")] = text
    looked = st.session_state.get(_key("looked"), "")
    if not looked.strip():
        return
    if looked != text:
        widgets.nothing("The text was changed since you looked at it. Look again.")
        return
    edits, left_out, count = _pieces(adding.look_at_pasted(looked))
    if st.button(f"Add {widgets.count(count, 'article')}", type="primary", disabled=not count, key="add-pasted"):
        _begin([adding.pasted(looked, edits, left_out)], False)


def _pieces(pieces: list[dict[str, Any]]) -> tuple[dict[int, dict[str, str]], frozenset[int], int]:
    """Show each pasted article with its outlet, headline and date; return what was put right, what is left out, and how many are added."""
    lead = "Outlet and date are as the text states them. Unknown stays unknown; fill in what you know."
    widgets.heading(f"{widgets.count(len(pieces), 'article')} found", 2, lead)
    edits: dict[int, dict[str, str]] = {}
    left_out = set()
    for piece in pieces:
        number = piece["number"]
        with st.container(border=True):
            if piece["fault"]:
                widgets.note(f"Article {number + 1} cannot be added: {piece['fault']}")
                left_out.add(number)
                continue
            words = widgets.count(piece["n_words"], "word")
            st.html(Markup('<p class="px-dim">Article {} · {} · {}</p>').format(number + 1, words, marks.cut(piece["text"], PREVIEW)))
            title = st.text_input("Headline", piece["title"], key=_key(f"title-{number}"), max_chars=400)
            left, right = st.columns(2)
            outlet = left.text_input("Outlet", piece["outlet"], key=_key(f"outlet-{number}"), max_chars=200, placeholder="unknown")
            form = "%Y-%m-%d" if piece["precision"] == "day" else "%Y-%m-%dT%H:%MZ"
            moment = "" if piece["published"] is None else piece["published"].strftime(form)
            hint = "unknown, or 2024-05-01, or 2024-05-01T14:30Z"
            published = right.text_input("Date", moment, key=_key(f"date-{number}"), max_chars=40, placeholder=hint)
            if not adding.is_date(published):
                left_out.add(number)
                right.html(Markup('<p class="px-note" role="alert">{}</p>').format("This date cannot be understood. Write it as 2024-05-01."))
            if not st.checkbox("Add this article", True, key=_key(f"wanted-{number}")):
                left_out.add(number)
            edits[number] = {"title": title, "outlet": outlet, "published": published}
    return edits, frozenset(left_out), len(pieces) - len(left_out)


# ------------------------------------------------------------------------------------------------------------ links and feeds
def _links() -> None:
    """Show the box for addresses, and the switch that lets them be fetched."""
    widgets.lead("One address a line: an article, a feed (RSS, Atom, JSON), or a list of feeds. A feed's articles are fetched from their own pages.")
    written = st.text_area("Addresses", key=_key("links"), height=160, max_chars=100_000, placeholder="https://…")
    allowed = st.toggle(
        "Fetch them from the internet now",
        key=_key("network"),
        help="The network is off until you say so. Only the public internet is reached, without cookies; an outlet is asked one page at a time.",
    )
    urls = list(dict.fromkeys(line.strip() for line in written.splitlines() if line.strip()))
    wrong = [url for url in urls if not url.lower().startswith(("http://", "https://"))]
    if wrong:
        widgets.note(f"{widgets.count(len(wrong), 'line')} will be refused: no address beginning with http:// or https://, as “{marks.cut(wrong[0], 60)}”.")
    if urls and not allowed:
        widgets.nothing("Nothing is fetched while the switch is off.")
    good = len(urls) - len(wrong)
    if st.button(f"Fetch and add {widgets.count(good, 'link')}", type="primary", disabled=not (allowed and good), key="add-links"):
        _begin([url for url in urls if url not in wrong], True)
    if adding.has_feeds():
        st.download_button(
            "Download the feeds added so far (OPML)",
            data=adding.feeds_opml,
            file_name="parallax-feeds.opml",
            mime="text/x-opml",
            on_click="ignore",
            type="tertiary",
            icon=":material/rss_feed:",
            key="opml",
        )


# ----------------------------------------------------------------------------------------------------------------------- files
def _files() -> None:
    """Show the box for files; a table shows its first rows and lets its columns be matched."""
    widgets.lead(
        "Saved pages (HTML), pages copied as text, tables (CSV, Excel, JSONL, Parquet …), saved feeds, exports of other tools, zip, gzip and web archives."
    )
    files = st.file_uploader("Files", accept_multiple_files=True, type=KINDS, key=_key("files")) or []
    sources, ready = [], True
    for place, file in enumerate(files):
        raw = file.getvalue()
        try:
            columns, good = _match(place, file.name, raw)
        except InputError as error:
            widgets.note(f"{marks.cut(file.name, 80)}: {error.problem}. {error.remedy}")
            continue
        sources.append(adding.upload(file.name, raw, columns))
        ready = ready and good
    allowed = st.toggle(
        "Also fetch the addresses in these files from the internet",
        key=_key("files-network"),
        help="For lists of links, OPML, and tables that give an address and no text. Off until you say so.",
    )
    if st.button(f"Add {widgets.count(len(sources), 'file')}", type="primary", disabled=not sources or not ready, key="add-files"):
        _begin(sources, allowed)


def _match(place: int, name: str, raw: bytes) -> tuple[dict[str, str], bool]:
    """Show a table's first rows and which column holds what; return the matching the person changed, and whether a text or address is matched."""
    found = adding.preview_table(name, raw)
    if found is None:
        return {}, True
    columns, records, export, usual = found.columns, found.records, found.export, found.usual
    question = f"export of {export}" if export else "which column holds what?"
    with st.expander(marks.md_escape(f"{marks.cut(name, 60)}: {question}"), expanded=not export and "text" not in usual):
        rows = [[marks.cut(record.get(column, ""), PREVIEW) for column in columns[:12]] for record in records]
        widgets.show_table([marks.cut(column, 60) for column in columns[:12]], rows, "The first rows as they stand")
        if export:
            widgets.nothing(f"Recognised as an export of {export} by its fields; its columns need no matching.")
            return {}, True
        widgets.lead("A text is all that is needed; a table with addresses and no text is fetched if you allow it below.")
        labels = {NOT_THERE: ""} | {f"{number}. {marks.cut(column, 60)}": column for number, column in enumerate(columns, start=1)}
        by_column = {column: label for label, column in labels.items()}
        chosen: dict[str, str] = {}
        places = st.columns(3)
        for number, (field, title) in enumerate(FIELDS.items()):
            default = list(labels).index(by_column.get(usual.get(field, ""), NOT_THERE))
            picked = places[number % 3].selectbox(title, list(labels), default, key=_key(f"column-{place}-{field}"))
            if labels.get(str(picked)):
                chosen[field] = labels[str(picked)]
        if not {"text", "url"} & set(chosen):
            widgets.note("Choose the column with the text, or with the address.")
            return {}, False
    return ({} if chosen == {field: column for field, column in usual.items() if field in FIELDS} else chosen), True


# ---------------------------------------------------------------------------------------------------------------------- report
@st.fragment(run_every=1.0)
def _progress() -> None:
    """Show how far the ingest is; redrawn every second until it is done."""
    job = adding.current()
    if job is None or not job.running:
        st.rerun(scope="app")
    widgets.heading("Adding", 2)
    seconds = int(time.monotonic() - job.began)
    step = (job.steps or ["Reading"])[-1] if job.owner == _session() else "Somebody is adding articles; wait until they are done."
    st.html(Markup('<p class="px-note px-plain" role="status">{} <span class="px-dim">({} s)</span></p>').format(marks.cut(step, 300), seconds))
    st.html(Markup('<p class="px-dim">You may leave this page; it goes on. A batch is added whole or not at all.</p>'))


def _report(job: Any) -> None:
    """Show what was added, what was refused, and why."""
    if job.error is not None:
        widgets.say_error(job.error)
        widgets.nothing("What was added before stays. Adding the same again changes nothing.")
    if job.report is not None:
        _counts(job.report)
    if st.button("Add more", key="more"):
        adding.forget(_session())
        st.rerun()


def _counts(report: Any) -> None:
    notes = report.dropped[report.dropped["reason"].str.startswith("kept")]
    refused = report.dropped.drop(notes.index)
    widgets.heading("Done", 2)
    st.html(
        Markup('<p class="px-lead" role="status">{} added, {} already there, {} refused. The library holds {} in {}.</p>').format(
            widgets.count(report.n_added, "article"),
            f"{report.n_known:,}",
            f"{len(refused):,}",
            widgets.count(report.n_articles, "article"),
            widgets.count(report.n_events, "event"),
        )
    )
    if len(report.added):
        rows = [
            [
                marks.go(marks.link(event=row["event_id"]), marks.cut(row["title"] or "(no headline)", 120)) + _language(row["language"]),
                row["outlet"] or "outlet unknown",
                widgets.when(row["published"], row["precision"]),
                f"{row['n_words']:,}",
            ]
            for row in report.added.head(SHOWN).to_dict("records")
        ]
        rest = f", the first {SHOWN} of {report.n_added:,}" if report.n_added > SHOWN else ""
        widgets.show_table(["Headline", "Outlet", "Date", "Words"], rows, f"Added{rest}; each leads to its event")
    _reasons("Refused, and why", refused, "refused")
    _reasons("Added with a note", notes, "noted")


def _language(code: str) -> Markup:
    """Return the mark of an article that is kept and shown and not measured, because it is not English; or nothing."""
    meaning = "kept and shown; wording, sentiment and claims are measured in English only"
    return Markup("") if code in ("en", "") else Markup(' <span class="px-badge px-care" title="{}">{}: not measured</span>').format(meaning, code)


def _reasons(title: str, rows: pd.DataFrame, key: str) -> None:
    if rows.empty:
        return
    widgets.heading(title, 3)
    rest = f"the first {SHOWN} of {len(rows):,}" if len(rows) > SHOWN else widgets.count(len(rows), "line")
    shown = [[marks.cut(row["where"], 120), marks.cut(row["reason"], 300)] for row in rows.head(SHOWN).to_dict("records")]
    widgets.show_table(["Where", "Reason"], shown, rest)
    widgets.show_download(rows, key)


def show() -> None:
    """Show the page."""
    steer()
    widgets.heading("Add articles", 1)
    if data.read_only():
        widgets.nothing("Nothing can be added here.")
        return
    job = adding.current()
    if job is not None and job.running:
        _progress()
        return
    if job is not None and job.owner == _session():
        _report(job)
        return
    way = st.segmented_control("Way in", list(WAYS), default=WAYS[0], required=True, key="way", bind="query-params", label_visibility="collapsed")
    {WAYS[1]: _links, WAYS[2]: _files}.get(str(way), _paste)()
