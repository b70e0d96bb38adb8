"""Article text on screen: the one place that turns untrusted words into HTML.

Everything that reaches `st.html` is built here from `markupsafe` templates, so a title such as `<img onerror=…>` is shown
as those letters. Labels of Streamlit widgets are Markdown and load remote images; they take `md_escape`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode, urlsplit

import pandas as pd
from markupsafe import Markup, escape

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"\n[ \t]*\n")
_AROUND = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
IN_PLACE = Markup('<span class="px-keep">read in place</span>')  # a way into the text, never broken over two lines
_BADGE = re.compile(r'<span class="px-badge[^<>]{0,200}>([^<>]{0,60})</span>')
NARROW = 60  # characters that a column of half a phone shows in three lines; a longer cell takes its whole width
_TAG = re.compile(r"<[^<>]*>")
_UNSAFE_ID = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Layer:
    """One kind of mark: its key in the URL, its name in the legend, its CSS class and what it means."""

    key: str
    title: str
    css: str
    meaning: str


LAYERS = (
    Layer("claims", "Claims", "px-claim", "a stated fact; the small number leads to its row among the claims"),
    Layer("names", "Names", "px-name", "a person, group, place or thing, as this article calls it"),
    Layer(
        "loaded",
        "Loaded words",
        "px-loaded",
        "wording of the narrator that may colour the sentence; a hint: about half the marks are words experts mark too; "
        "experts agree with each other only to α ≈ .40",
    ),
    Layer("cues", "Other cues", "px-cue", "hedges, boosters, passives that name nobody"),
    Layer("quotes", "Quotations", "px-quote", "somebody else's words"),
)


@dataclass(frozen=True)
class Span:
    """A stretch of an article to mark: offsets into the text (or the title), the layer, a note, and where a click leads."""

    start: int
    end: int
    layer: str
    note: str = ""
    href: str = ""
    label: str = ""


def md_escape(text: object, limit: int = 0) -> str:
    """Return text that Streamlit's Markdown shows letter by letter: no image, link, colour or formula comes of it.

    Args:
        text: anything; line breaks become blanks, since a label is one line.
        limit: cut to so many characters with an ellipsis; 0 keeps all.
    """
    return _MARKDOWN.sub(r"\\\1", cut(text, limit))


def cut(text: object, limit: int = 0) -> str:
    """Return text on one line, cut to `limit` characters with an ellipsis when it is longer (0 keeps all): after a word, unless it holds one long word."""
    line = " ".join(str(text).split())
    if not limit or len(line) <= limit:
        return line
    head = line[: limit - 1]
    whole = head if line[limit - 1] == " " else head.rpartition(" ")[0]
    return (whole if len(whole) > limit // 2 else head).rstrip(" ,;:") + "…"


def sentence(words: object) -> str:
    """Return words as a sentence: a capital first, one full stop last."""
    said = str(words).strip()
    return said[:1].upper() + said[1:] + ("." if said and not said.endswith((".", "?", "!", "…")) else "")


def piece(text: object) -> str:
    """Return a piece of a sentence as it can stand alone: begun by "…" where it begins inside, no quotation mark whose partner was cut off, no comma last."""
    return "".join(segment[1] for segment in piece_of([["equal", " ".join(str(text).split()), ""]]))


def piece_of(segments: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the aligned pair of `diff` with its "here" side as `piece` gives it."""
    said = "".join(segment[1] for segment in segments)
    loose, at, kept = _loose(said), 0, []
    for op, here, there in segments:
        kept.append([op, "".join(letter for place, letter in enumerate(here, at) if place not in loose), there])
        at += len(here)
    first = next((letter for place, letter in enumerate(said) if place not in loose and not letter.isspace()), "")
    return [["equal", "…", ""], *kept] if first.islower() else kept


def _loose(said: str) -> set[int]:
    """Return the places of a comma that stands last and of quotation marks whose partners were cut off: an opening one first, or closing ones after a stop."""
    first, end = len(said) - len(said.lstrip()), len(said.rstrip())
    loose = {end - 1} if said[first:end].endswith((",", ";")) else set()
    for opening, closing in ("“”", "‘’", '""'):
        ends = [match.end() - 1 for match in re.finditer(rf"[,.?!—]{closing}", said)]
        if said.startswith(opening, first) and closing not in said[first + 1 :]:
            loose.add(first)
        elif ends and opening not in said[: said.rindex(closing)]:
            loose.update(ends)
            if ends[-1] == end - 1 and said[end - 2] in ",;":
                loose.add(end - 2)
    return loose


def link(page: str = "", **state: object) -> str:
    """Return the address, relative to the app, of a page in a given state; empty values are left out, lists repeat.

    Overview and events share the root: Streamlit asks for its own files beside a deeper address first and is refused.
    """
    pairs = {key: "true" if value is True else value for key, value in state.items() if value not in (None, "", [], (), False)}
    return f"./{page}?{urlencode(pairs, doseq=True)}" if pairs else f"./{page}"


def safe_url(url: object) -> str:
    """Return the address when it is plain http(s), else ''; `javascript:` and `data:` never reach the page."""
    try:
        parts = urlsplit(str(url).strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def anchor_id(article_id: object, sentence: object) -> str:
    """Return the element id of a sentence: what every mark, chart click and shared link leads to."""
    return f"s-{_UNSAFE_ID.sub('_', str(article_id))}-{int(sentence)}"


def go(href: str, text: object, css: str = "", label: str = "") -> Markup:
    """Return a link inside the app; the steering component opens it without reloading the page."""
    named = Markup(' aria-label="{}"').format(label) if label else Markup("")
    return Markup('<a class="px-go {}" href="{}" target="_self"{}>{}</a>').format(css, href, named, text)


def join(parts: Iterable[object], between: object = "") -> Markup:
    """Join pieces, escaping every one that is not markup already."""
    return escape(between).join(parts)


def diff(segments: Sequence[Sequence[str]], side: str) -> Markup:
    """Return one side of an aligned pair with the words that differ marked.

    Args:
        segments: [op, here, there] with op = equal, replace, insert, delete, as in the parallels table.
        side: "here" or "there".
    """
    at = 1 if side == "here" else 2
    pieces = []
    for segment in segments:
        text = segment[at]
        if segment[0] == "equal" or not any(letter.isalnum() for letter in text):
            pieces.append(escape(text))
        else:
            before, words, after = _AROUND.fullmatch(text).groups()
            pieces.append(Markup('{}<mark class="px-diff">{}</mark>{}').format(before, words, after))
    return join(pieces)


def marked(text: str, spans: Sequence[Span], offset: int = 0) -> Markup:
    """Return text with its spans marked; overlapping spans share the letters they share.

    Args:
        text: a stretch of the article.
        spans: offsets into the whole article, any order, overlaps allowed; parts outside `text` are ignored.
        offset: where `text` begins in the article.
    """
    inside = [(max(span.start - offset, 0), min(span.end - offset, len(text)), span) for span in spans]
    inside = [(start, end, span) for start, end, span in inside if start < end]
    edges = sorted({0, len(text), *(edge for start, end, _ in inside for edge in (start, end))})
    css = {layer.key: layer.css for layer in LAYERS} | {"readers": "px-readers"}
    pieces: list[Markup] = []
    for begin, stop in zip(edges, edges[1:], strict=False):
        cover = [(start, end, span) for start, end, span in inside if start <= begin and stop <= end]
        piece = escape(text[begin:stop])
        if cover:
            notes = "; ".join(dict.fromkeys(span.note for _, _, span in cover if span.note))
            classes = " ".join(dict.fromkeys(css.get(span.layer, "px-claim") for _, _, span in cover))
            piece = Markup('<mark class="{}" title="{}">{}</mark>').format(classes, notes, piece)
        pieces.append(piece)
        for _, end, span in cover:
            if end == stop and span.href:
                pieces.append(go(span.href, span.label, "px-ref", f"{span.note} – compare"))
    return join(pieces)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) offsets of the paragraphs of a body."""
    edges = [0, *(edge for match in _BREAK.finditer(text) for edge in match.span()), len(text)]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if text[start:end].strip()]


def _sentence(text: str, row: Mapping[str, object], spans: Sequence[Span], here: frozenset[str]) -> Markup:
    """Return one sentence as an anchor that a link can land on."""
    name = anchor_id(row["article_id"], row["sentence"])
    start, end = int(row["start"]), int(row["end"])
    near = [span for span in spans if span.start < end and span.end > start]
    css = "px-s px-here" if name in here else "px-s"
    return Markup('<span id="{}" class="{}" tabindex="-1">{}</span>').format(name, css, marked(text[start:end], near, start))


def article_body(
    article: Mapping[str, object],
    sentences: pd.DataFrame,
    spans: Sequence[Span],
    here: Iterable[str] = (),
    rows: Mapping[int, tuple[int, int]] | None = None,
) -> Markup:
    """Return an article's body: numbered paragraphs, one anchor a sentence, marks inside.

    Args:
        article: a row of the articles table.
        sentences: its rows of the sentences table (offsets into text); the title (sentence 0) is left out here.
        spans: what to mark, offsets into text.
        here: anchor ids to outline.
        rows: paragraph -> (row it stands on, claims it shares with that row), to lay texts side by side; None lets it flow.
    """
    text, chosen = str(article["text"]), frozenset(here)
    own = sentences[sentences["sentence"] > 0].sort_values("start").to_dict("records")
    pieces: list[Markup] = []
    for number, (start, end) in enumerate(_paragraphs(text), 1):
        at, parts = start, []
        for row in (row for row in own if start <= int(row["start"]) < end):
            parts += [escape(text[at : int(row["start"])]), _sentence(text, row, spans, chosen)]
            at = max(at, int(row["end"]))
        parts.append(escape(text[at:end]))
        row, matched = (rows or {}).get(number, (0, 0))
        place = Markup(' style="grid-row:{}"{}').format(row + 1, Markup(' class="px-met"') if matched else "") if row else Markup("")
        pieces.append(Markup('<p{}><span class="px-n" aria-hidden="true">{}</span>{}</p>').format(place, number, join(parts)))
    return join(pieces)


def article_title(article: Mapping[str, object], spans: Sequence[Span] = (), here: Iterable[str] = ()) -> Markup:
    """Return an article's headline as sentence 0, marked like the rest."""
    title = str(article["title"]) or "(no headline)"
    row = {"article_id": article["article_id"], "sentence": 0, "start": 0, "end": len(title)}
    return _sentence(title, row, spans, frozenset(here))


def legend(chosen: Iterable[str]) -> Markup:
    """Return the legend of the layers that are switched on: how each is drawn and what it means."""
    on = set(chosen)
    items = [Markup('<li><mark class="{}">{}</mark> {}</li>').format(layer.css, layer.title, layer.meaning) for layer in LAYERS if layer.key in on]
    return Markup('<ul class="px-legend" aria-label="What the marks mean">{}</ul>').format(join(items)) if items else Markup("")


def table(head: Sequence[object], rows: Iterable[Sequence[object]], caption: str, css: str = "") -> Markup:
    """Return an HTML table; the first cell of each row is its header. Cells may be markup; anything else is escaped."""
    top = join(Markup('<th scope="col">{}</th>').format(cell) for cell in head)
    heads = [" ".join(unescape(_TAG.sub(" ", _BADGE.sub(r"(\1)", escape(cell)))).split()) for cell in head][1:]  # a phone shows each above its cell
    lines = []
    for row in rows:
        first, *rest = row
        wide = [Markup(' class="px-long"') if len(_TAG.sub("", str(cell))) > NARROW else "" for cell in rest]
        cells = join(Markup('<td data-head="{}"{}>{}</td>').format(*parts) for parts in zip(heads, wide, rest, strict=True))
        lines.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, cells))
    return Markup(
        '<div class="px-scroll" tabindex="0" role="region" aria-label="{}"><table class="px-table px-rows {}"><caption>{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(caption, css, caption, top, join(lines))


def navigation(current: str, pages: Iterable[tuple[str, str]]) -> Markup:
    """Return the links between the pages (title, address); Streamlit's own bar cannot lead from an event to the overview: they share an address."""
    items = join(
        Markup('<a class="px-go" href="{}" target="_self"{}>{}</a>').format(href, Markup(' aria-current="page"') if title == current else "", title)
        for title, href in pages
    )
    return Markup('<nav class="px-nav" aria-label="Pages"><strong>Parallax</strong>{}</nav>').format(items)


def save_buttons(name: str) -> Markup:
    """Return the buttons that save the figure above them as a picture, drawn in the reader's own browser; `steering` acts on them."""
    return Markup('<p class="px-save px-small px-noprint">Save the figure: {}</p>').format(
        join((Markup('<button type="button" data-format="{}" data-name="{}">{}</button>').format(kind, name, kind.upper()) for kind in ("png", "svg")), " ")
    )


def footer() -> Markup:
    """Return what stands under every page: what this is and is not."""
    return Markup(
        '<footer class="px-small px-dim" style="margin-top:2rem;border-top:1px solid;padding-top:.5rem">Parallax shows differences between named '
        "articles on the same event, with the sentences that show them. It gives no bias score and no verdict on truth. "
        "Your articles stay on this machine.</footer>"
    )
