"""What every figure is made of: an article's letter, shape and colour, the house layout, inert labels. A part of `figures`.

Text from articles is made inert by `plain`: plotly reads a small HTML of its own in labels and hovers.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

COLOURS = ("#009E73", "#E69F00", "#0072B2", "#CC79A7", "#56B4E9", "#F0E442", "#999999", "#44AA99")
"""Okabe-Ito without its red, so that no two articles ever look like two parties; a letter and a shape come with each."""
SYMBOLS = ("circle", "square", "diamond", "pentagon", "hexagon", "triangle-up", "triangle-down", "octagon")
EDGE, ZERO, BAND, PALE = "#6B7280", "#6B7280", "rgba(127,127,127,.22)", "#C4C9D1"
LABEL = 46  # characters of a row's label or of a line of an axis title: what a phone 400 pixels wide has room for
DOT = 21  # pixels between the middles of two stacked dots
LINE, GAP = 26, 15  # pixels from a row's top to its line, with the label between, and from the line to the middle of its first dot
ABREAST = 16  # dots that stand beside each other in one row of that phone
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INK = {"#0072B2": "#FFFFFF"}
PLACES = (("headline", "headline"), ("lead", "first paragraph"), ("body", "between"), ("last", "last paragraph"))


def plain(text: object, limit: int = 80) -> str:
    """Return text as plotly shows it letter by letter, on one line, cut so that a long label leaves room for the plot: after a word where there is one."""
    line = " ".join(str(text).split())
    if len(line) > limit:
        head = line[: limit - 1]
        whole = head if line[limit - 1] == " " else head.rpartition(" ")[0]
        line = (whole if len(whole) > limit // 2 else head).rstrip(" ,;:") + "…"
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def letter(place: int) -> str:
    """Return the letters of the n-th article (0 = A … 25 = Z, 26 = AA)."""
    return letter(place // 26 - 1) + LETTERS[place % 26] if place >= 26 else LETTERS[place]


def make_lanes(articles: pd.DataFrame) -> pd.DataFrame:
    """Give every article its letter, shape and colour, the same in every figure and view of a comparison.

    Args:
        articles: article_id, outlet, published, genre.

    Returns:
        One row per article by time of publication (unknown last), then outlet and id: article_id, outlet, genre, letter,
        label, colour, symbol.
    """
    rows = articles[["article_id", "outlet", "published", "genre"]].assign(published=pd.to_datetime(articles["published"], utc=True))
    rows = rows.sort_values(["published", "outlet", "article_id"], na_position="last").reset_index(drop=True)
    rows["letter"] = [letter(place) for place in range(len(rows))]
    outlets = rows["outlet"].replace("", "outlet unknown")
    rows["label"] = rows["letter"] + " · " + outlets + (" (" + rows["genre"] + ")").where(~rows["genre"].isin(["news", ""]), "")
    rows["colour"] = [COLOURS[place % len(COLOURS)] for place in range(len(rows))]
    rows["symbol"] = [SYMBOLS[place % len(SYMBOLS)] for place in range(len(rows))]
    return rows.drop(columns="published")


def canvas(height: int, **layout: object) -> go.Figure:
    """Return an empty figure with the house layout: no legend box over the data, text for a projector."""
    figure = go.Figure()
    figure.update_layout(height=height, margin={"l": 8, "r": 12, "t": 14, "b": 46}, font={"size": 15}, showlegend=False,
                         paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", hoverlabel={"align": "left"}, dragmode=False,
                         clickmode="event+select")
    figure.update_layout(**layout)
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(zeroline=False, automargin=True, fixedrange=True, tickfont={"size": 14}, title={"font": {"size": 15}})
    return figure


def lay_rows(figure: go.Figure, labels: Sequence[str], depths: Sequence[float]) -> list[float]:
    """Give every label a row, the first at the top: the label stands on a line, what is drawn hangs under it; return the lines.

    Beside the plot a label of a few words took three quarters of a phone's width and the dots lay on one another. Heights are pixels, so a
    row is as high as what hangs in it.

    Args:
        labels: words of each row; made inert here.
        depths: pixels under each row's line.

    Returns:
        The y of each row's line, to which the distance in pixels is added.
    """
    lines, top = [], 0.0
    for depth in depths:
        lines.append(top + LINE)
        top += LINE + depth
    margin = figure.layout.margin
    figure.update_layout(height=max(top, LINE) + margin.t + margin.b)
    figure.update_yaxes(tickvals=lines, ticktext=[plain(label, LABEL) for label in labels], range=[max(top, LINE), 0], automargin=False,
                        ticklabelposition="inside top", ticklabeloverflow="allow", showgrid=True)
    return lines


def spread(*values: pd.Series | Sequence[float]) -> list[float]:
    """Return the range that shows all these numbers and zero; left to itself plotly widens it by the labels that stand inside the plot."""
    numbers = [0.0, *(float(value) for part in values for value in part if known(value))]
    room = 0.06 * (max(numbers) - min(numbers) or 1.0)
    return [min(numbers) - room, max(numbers) + room]


def name_axis(figure: go.Figure, words: object, **axis: object) -> None:
    """Write what the horizontal axis counts under it, on as many lines as a phone needs; plotly would cut it off."""
    lines = textwrap.wrap(" ".join(str(words).split()), LABEL)
    figure.update_xaxes(title={"text": "<br>".join(map(plain, lines)), "standoff": 8}, tickangle=0, **axis)
    figure.update_layout(height=figure.layout.height + 20 * len(lines))


def stand_apart(points: pd.DataFrame) -> pd.Series:
    """Return how many dots each dot hangs below its row's first place so that dots of a row do not hide each other, on a phone either.

    Args:
        points: row (number) and x; two dots nearer than a sixteenth of the range would touch.

    Returns:
        Steps of one dot, in the order of `points`; 0 for a dot alone on its spot.
    """
    near = (points["x"].max() - points["x"].min()) / ABREAST * (1 - 1e-9) if len(points) else 0
    steps = pd.Series(0, index=points.index, dtype=int)
    for _, part in points.groupby("row"):
        ends: list[float] = []  # the last dot of each step
        for place, x in part["x"].sort_values(kind="stable").items():
            step = next((number for number, end in enumerate(ends) if x - end >= near and x > end), len(ends))
            ends[step:step + 1] = [x]
            steps[place] = step
    return steps


def marker(lane: Mapping[str, object], fill: str = "", size: int = 20) -> dict[str, object]:
    """Return the marker of an article in its own colour, or in another; a triangle is drawn larger, or its letter would touch its sides."""
    size += size // 5 if "triangle" in str(lane["symbol"]) else 0
    return {"symbol": lane["symbol"], "size": size, "color": fill or lane["colour"], "opacity": 1, "line": {"width": 2, "color": EDGE}}


def ink(fill: str | Sequence[str]) -> dict[str, object]:
    """Return the font of a letter, or of several: dark or light, whichever reads on the marker."""
    dark = "#111111"
    return {"size": 13, "color": _INK.get(fill, dark) if isinstance(fill, str) else [_INK.get(each, dark) for each in fill]}


def known(value: object) -> bool:
    """Say whether a number is there."""
    return value is not None and not (isinstance(value, float) and math.isnan(value)) and value is not pd.NA


def interval(row: Mapping[str, object], value: str) -> dict[str, object]:
    """Return plotly's error bar for low…high round a value, or none when there is no interval."""
    if not (known(row["low"]) and known(row["high"])):
        return {"visible": False}
    return {"type": "data", "symmetric": False, "array": [row["high"] - row[value]], "arrayminus": [row[value] - row["low"]],
            "color": EDGE, "thickness": 2, "width": 6}


def enlarge(figure: go.Figure, factor: float) -> go.Figure:
    """Return the figure with text, marks and height so many times larger, for a projector; the input is untouched."""
    larger = go.Figure(figure)
    layout = larger.layout
    layout.font.size, layout.height = round(layout.font.size * factor), round(layout.height * factor)
    for axis in (layout.xaxis, layout.yaxis):
        axis.tickfont.size, axis.title.font.size = round(axis.tickfont.size * factor), round(axis.title.font.size * factor)
    layout.margin = {side: round((layout.margin[side] or 0) * factor) for side in ("l", "r", "t", "b")}
    for trace in larger.data:
        if trace.type == "scatter":
            size = trace.marker.size
            trace.marker.size = [each * factor for each in size] if isinstance(size, (list, tuple)) else (size or 6) * factor
            trace.textfont.size = (trace.textfont.size or 12) * factor
    return larger
