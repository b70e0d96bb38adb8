"""What every figure is made of: an article's letter, shape and colour, the house layout, inert labels. A part of `figures`.

Text from articles is made inert by `plain`: plotly reads a small HTML of its own in labels and hovers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

COLOURS = ("#009E73", "#E69F00", "#0072B2", "#CC79A7", "#56B4E9", "#F0E442", "#999999", "#44AA99")
"""Okabe-Ito without its red, so that no two articles ever look like two parties; a letter and a shape come with each."""
SYMBOLS = ("circle", "square", "diamond", "pentagon", "hexagon", "triangle-up", "star", "octagon")
EDGE, ZERO, BAND, PALE = "#6B7280", "#6B7280", "rgba(127,127,127,.22)", "#C4C9D1"
LABEL = 38  # characters of an article's label on an axis; an outlet of two words and its genre
DOT = 21  # pixels between the middles of two stacked dots
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INK = {"#0072B2": "#FFFFFF"}
PLACES = (("headline", "headline"), ("lead", "first paragraph"), ("body", "between"), ("last", "last paragraph"))


def plain(text: object, limit: int = 80) -> str:
    """Return text as plotly shows it letter by letter, on one line, cut so that a long label leaves room for the plot."""
    line = " ".join(str(text).split())
    line = line[: limit - 1].rstrip() + "…" if len(line) > limit else line
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


def rows_axis(figure: go.Figure, labels: Sequence[str], limit: int) -> None:
    """Give every label its row, the first at the top; rows are numbers so that dots on one spot can stand apart."""
    figure.update_yaxes(tickvals=list(range(len(labels))), ticktext=[plain(label, limit) for label in labels], range=[len(labels) - 0.4, -0.6])


def stand_apart(points: pd.DataFrame) -> pd.Series:
    """Return how many dots each dot leaves its row's middle so that dots of the same row and spot do not hide each other.

    Args:
        points: row (number) and x; spots are cells of a fortieth of the range.

    Returns:
        Steps of one dot, in the order of `points`; 0 for a dot alone on its spot.
    """
    width = (points["x"].max() - points["x"].min()) / 40 if len(points) else 0
    spot = (points["x"] / width).round() if width else points["x"]
    groups = points.assign(spot=spot).groupby(["row", "spot"])
    place, size = groups.cumcount(), groups["x"].transform("size")
    return place - (size - 1) / 2


def marker(lane: Mapping[str, object], fill: str = "", size: int = 20) -> dict[str, object]:
    """Return the marker of an article in its own colour, or in another."""
    return {"symbol": lane["symbol"], "size": size, "color": fill or lane["colour"], "opacity": 1, "line": {"width": 2, "color": EDGE}}


def ink(fill: object) -> dict[str, object]:
    """Return the letter's font: dark or light, whichever reads on the marker."""
    return {"size": 13, "color": _INK.get(str(fill), "#111111")}


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
