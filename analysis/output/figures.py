"""Draw tables as figures: every function takes rows as they come out of `framing` and returns a plotly figure.

Nothing is counted or averaged here. An article is told by letter, shape and colour together, in that order of trust. Every
point carries our own ids in `customdata` (article first), so a click finds its sentence. Text from articles is made inert
by `plain`: plotly reads a small HTML of its own in labels and hovers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from analysis.output.canvas import (
    BAND,
    COLOURS,
    DOT,
    EDGE,
    GAP,
    PALE,
    PLACES,
    ZERO,
    canvas,
    ink,
    interval,
    known,
    lay_rows,
    marker,
    name_axis,
    plain,
    spread,
    stand_apart,
)
from analysis.output.canvas import enlarge as enlarge
from analysis.output.canvas import letter as letter
from analysis.output.canvas import make_lanes as make_lanes


def draw_contrasts(contrasts: pd.DataFrame, lanes: pd.DataFrame, title: str, unit: str, band: tuple[float, float] | None = None) -> go.Figure:
    """Draw one measure: a dot an article at its difference from the others' mean, with its interval.

    How to read it: the upright line is the others' mean; the grey band is what shuffling sentences between the articles
    gives; a coloured dot is a difference that can be told, a grey one cannot (the hover and the table say so in words).

    Args:
        contrasts: rows of one measure (article_id, difference, value, others, low, high, n, told); NaN differences are left out.
        lanes: from `make_lanes`.
        title, unit: of the measure, for the axis.
        band: (low, high) of the shuffle, or None when it was not asked for.
    """
    figure = canvas(height=150)
    if band is not None and all(map(known, band)):
        figure.add_vrect(x0=band[0], x1=band[1], fillcolor=BAND, line_width=0, layer="below")
    figure.add_vline(x=0, line={"color": ZERO, "width": 2, "dash": "dot"}, layer="below")
    rows = lanes.merge(contrasts, on="article_id", suffixes=("", "_measure"))
    rows = rows[rows["difference"].notna()]
    lines = lay_rows(figure, list(rows["label"]), [2 * GAP] * len(rows))
    for line, row in zip(lines, rows.to_dict("records"), strict=True):
        fill = row["colour"] if row["told"] else PALE
        says = "differs from the others" if row["told"] else "cannot be told from the others"
        figure.add_scatter(
            x=[row["difference"]], y=[line + GAP], mode="markers+text", text=[row["letter"]], marker=marker(row, fill, 24),
            textfont=ink(fill), error_x=interval(row, "difference"), customdata=[[row["article_id"], row.get("measure", "")]],
            unselected={"marker": {"opacity": 1}}, name=plain(row["label"]),
            hovertemplate=f"{plain(row['label'])}<br>{row['value']:.2f} here, {row['others']:.2f} the others ({plain(unit)})"
                          f"<br>{says}; {row['n']} sentences<extra></extra>")
    shown = spread(rows["difference"], rows["low"], rows["high"], band or ())
    name_axis(figure, f"{title}: difference from the others’ mean ({unit})", range=shown)
    return figure


def _dots(figure: go.Figure, points: pd.DataFrame, lanes: pd.DataFrame, labels: Sequence[str]) -> None:
    """Add one trace an article: its letter at x in its row, dots that would touch under one another; a row is as high as its dots.

    Args:
        points: article_id, row (number from the top), x, key (goes into customdata after the article), says (hover, inert).
        labels: of the rows, from the top.
    """
    letters = {article_id: place for place, article_id in enumerate(lanes["article_id"])}
    points = points.sort_values("article_id", key=lambda ids: ids.map(letters), kind="stable").reset_index(drop=True)
    step = stand_apart(points)
    deepest = step.groupby(points["row"].astype(int)).max()
    lines = lay_rows(figure, labels, [2 * GAP + DOT * float(deepest.get(row, 0)) for row in range(len(labels))])
    points = points.assign(y=points["row"].map(lambda row: lines[int(row)]).astype(float) + GAP + DOT * step)
    for lane in lanes.to_dict("records"):
        part = points[points["article_id"] == lane["article_id"]]
        figure.add_scatter(
            x=part["x"], y=part["y"], mode="markers+text", text=[lane["letter"]] * len(part), marker=marker(lane), textfont=ink(lane["colour"]),
            customdata=[[lane["article_id"], key] for key in part["key"]], unselected={"marker": {"opacity": 1}}, name=plain(lane["label"]), cliponaxis=False,
            hovertext=part["says"], hovertemplate=f"{plain(lane['label'])}<br>%{{hovertext}}<extra></extra>")


def draw_voices_apart(measures: pd.DataFrame, lanes: pd.DataFrame, names: Mapping[str, str], unit: str) -> go.Figure:
    """Draw the same measure for several voices, one row a voice, one dot an article.

    Args:
        measures: rows article_id, measure, value, n of the measures in `names`; NaN values are left out.
        names: measure -> words for the axis, in the order wanted from the top.
    """
    figure = canvas(height=150)
    figure.add_vline(x=0, line={"color": ZERO, "width": 1, "dash": "dot"}, layer="below")
    rows = measures[measures["measure"].isin(names) & measures["value"].notna()]
    order = list(names)
    says = [f"{plain(names[row['measure']])}: {row['value']:+.2f}, {row['n']} sentences" for row in rows.to_dict("records")]
    _dots(figure, rows.assign(row=rows["measure"].map(order.index), x=rows["value"], key=rows["measure"], says=says), lanes, list(names.values()))
    name_axis(figure, unit, range=spread(rows["value"]))
    return figure


def draw_shift(words: pd.DataFrame, left: str, right: str, top: int = 15) -> go.Figure:
    """Draw which words move one article's sentiment away from another's: bars to the side of the article they lift.

    Args:
        words: word, contribution (positive lifts `left` over `right`); the `top` largest by size are drawn.
        left, right: labels of the two articles.
    """
    rows = words.reindex(words["contribution"].abs().sort_values(ascending=False, kind="stable").index).head(top)[::-1]
    figure = canvas(height=110 + 27 * max(len(rows), 1))
    for sign, colour, pattern, label in ((1, COLOURS[0], "", left), (-1, COLOURS[1], "/", right)):
        part = rows[rows["contribution"] * sign > 0]
        figure.add_bar(x=part["contribution"], y=[plain(word, 26) for word in part["word"]], orientation="h", name=plain(label, 40),
                       marker={"color": colour, "pattern": {"shape": pattern, "fgcolor": "#111111", "bgcolor": colour}, "line": {"color": EDGE, "width": 1}},
                       customdata=[[word] for word in part["word"]], hovertemplate="%{y}: %{x:.3f}<extra></extra>")
    figure.add_vline(x=0, line={"color": ZERO, "width": 2})
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 44})
    name_axis(figure, "contribution to the gap between the two (valence per 100 words)")
    figure.update_yaxes(categoryorder="array", categoryarray=[plain(word, 26) for word in rows["word"]])
    return figure


def draw_slope(emphasis: pd.DataFrame, lanes: pd.DataFrame) -> go.Figure:
    """Draw how one claim or actor runs from headline to end: a line an article, further up = more mentions in that place.

    How to read it: every number of mentions that occurs has a row, and in it every article a track of its own, as lines of a street
    map run side by side; so the height inside a row says nothing, and no line or letter lies on another. A pale letter does not mention it.

    Args:
        emphasis: rows of one key (article_id, headline, lead, body, last, key).
        lanes: from `make_lanes`.
    """
    columns = [column for column, _ in PLACES]
    own = lanes[["article_id"]].merge(emphasis[["article_id", "key", *columns]], on="article_id")  # in the order of the letters
    points = own.melt(["article_id", "key"], columns, "column", "count").astype({"count": int})
    figure, counts = canvas(height=150), sorted(points["count"].unique(), reverse=True)
    there = {count: list(dict.fromkeys(points.loc[points["count"] == count, "article_id"])) for count in counts}
    tracks = {count: {article_id: at for at, article_id in enumerate(own["article_id"][own["article_id"].isin(there[count])])} for count in counts}
    lines = lay_rows(figure, [_mentions(count) for count in counts], [2 * GAP + DOT * (len(tracks[count]) - 1) for count in counts])
    tops = dict(zip(counts, lines, strict=True))
    points["x"] = points["column"].map(columns.index)
    points["y"] = [tops[count] + GAP + DOT * tracks[count][article_id] for count, article_id in zip(points["count"], points["article_id"], strict=True)]
    runs = [(lane, points[points["article_id"] == lane["article_id"]]) for lane in lanes.to_dict("records")]
    for lane, run in runs:  # all lines before all letters: on a phone a steep line would run over its neighbours' letters
        for colour, width in ((EDGE, 5), (lane["colour"], 3)):  # cased: yellow on white would not be seen
            figure.add_scatter(x=run["x"], y=run["y"], mode="lines", line={"color": colour, "width": width}, hoverinfo="skip", name=plain(lane["label"]))
    for lane, run in runs:
        fills = [lane["colour"] if count else PALE for count in run["count"]]
        figure.add_scatter(
            x=run["x"], y=run["y"], mode="markers+text", text=[lane["letter"]] * len(run), textfont=ink(fills), marker=marker(lane) | {"color": fills},
            customdata=[[lane["article_id"], key] for key in run["key"]], unselected={"marker": {"opacity": 1}}, name=plain(lane["label"]), cliponaxis=False,
            hovertext=[f"{dict(PLACES)[column]}: {_mentions(count)}" for column, count in zip(run["column"], run["count"], strict=True)],
            hovertemplate=f"{plain(lane['label'])}<br>%{{hovertext}}<extra></extra>")
    name_axis(figure, "place in the article", range=[-0.3, len(columns) - 0.7], tickvals=list(range(len(columns))),
              ticktext=[words.replace(" ", "<br>") for _, words in PLACES])
    return figure


def _mentions(count: int) -> str:
    return "not mentioned" if count == 0 else "1 mention" if count == 1 else f"{count} mentions"


def draw_first_mentions(emphasis: pd.DataFrame, lanes: pd.DataFrame, labels: Mapping[str, str]) -> go.Figure:
    """Draw where each article first mentions each claim or actor: further right is later in the text; missing is no dot.

    Args:
        emphasis: key, article_id, first_paragraph (0 = headline; NaN when not mentioned), n_paragraphs.
        labels: key -> words, in the order wanted from the top.
    """
    rows = emphasis[emphasis["key"].isin(labels) & emphasis["first_paragraph"].notna()]
    figure = canvas(height=150)
    order = list(labels)
    places = ["the headline" if paragraph == 0 else f"paragraph {paragraph:.0f}" for paragraph in rows["first_paragraph"]]
    says = [f"{plain(labels[key])}: first in {place}" for key, place in zip(rows["key"], places, strict=True)]
    _dots(figure, rows.assign(row=rows["key"].map(order.index), x=rows["first_paragraph"].astype(float), says=says), lanes, list(labels.values()))
    last = int(emphasis["n_paragraphs"].max())
    name_axis(figure, "paragraph of the first mention (0 = headline)", range=[-0.6, last + 0.6], tick0=0, dtick=max(1, math.ceil(last / 8)))
    return figure


def draw_speakers(voices: pd.DataFrame, lanes: pd.DataFrame, order: Sequence[str]) -> go.Figure:
    """Draw who is quoted at what length: a dot an article on each speaker's row, further right = more words quoted.

    Args:
        voices: speaker, article_id, words_quoted.
        order: speakers from the top.
    """
    rows = voices[voices["speaker"].isin(order)]
    figure = canvas(height=150)
    says = [f"{plain(row['speaker'])}: {row['words_quoted']} words" for row in rows.to_dict("records")]
    points = rows.assign(row=rows["speaker"].map(list(order).index), x=rows["words_quoted"].astype(float), key=rows["speaker"], says=says)
    _dots(figure, points, lanes, order)
    most = float(rows["words_quoted"].max()) if len(rows) else 1.0
    name_axis(figure, "words inside quotation marks", range=[-0.04 * most, 1.06 * most])
    return figure


def draw_timeline(events: pd.DataFrame, labels: Mapping[str, str]) -> go.Figure:
    """Draw events in time, one row a storyline; a larger dot has more origins.

    Args:
        events: event_id, storyline_id, title, first, n_articles, n_origins; events without a time are left out.
        labels: storyline_id -> words, in the order wanted from the top.
    """
    rows = events[events["first"].notna()].reset_index(drop=True)
    figure = canvas(height=150)
    sizes = pd.Series([14 + 4 * min(n, 8) for n in rows["n_origins"]], dtype=float)
    steps = stand_apart(pd.DataFrame({"row": rows["storyline_id"], "x": rows["first"].astype("int64").astype(float)}))
    high = sizes.groupby(rows["storyline_id"]).max() + 8
    deep = high * (steps.groupby(rows["storyline_id"]).max() + 1)
    lines = dict(zip(labels, lay_rows(figure, list(labels.values()), [deep.get(key, 0) for key in labels]), strict=True))
    figure.add_scatter(
        x=rows["first"], y=[lines[key] + high[key] * (step + 0.5) for key, step in zip(rows["storyline_id"], steps, strict=True)], mode="markers",
        customdata=[[event] for event in rows["event_id"]], unselected={"marker": {"opacity": 1}}, cliponaxis=False,
        marker={"size": list(sizes), "color": COLOURS[4], "opacity": 1, "line": {"width": 2, "color": EDGE}},
        text=[plain(title) for title in rows["title"]],
        hovertext=[f"{n} article{'s' * (n != 1)}, {origins} origin{'s' * (origins != 1)}"
                   for n, origins in zip(rows["n_articles"], rows["n_origins"], strict=True)],
        hovertemplate="%{text}<br>%{hovertext}<br>%{x|%-d %b %Y}<extra></extra>")
    room = max((rows["first"].max() - rows["first"].min()) * 0.06, pd.Timedelta(days=2)) if len(rows) else pd.Timedelta(0)
    figure.update_xaxes(tickangle=0, nticks=6, range=[rows["first"].min() - room, rows["first"].max() + room])
    return figure


def draw_tendencies(tendencies: pd.DataFrame, title: str, unit: str) -> go.Figure:
    """Draw one measure of several outlets: a dot an outlet at its mean difference on shared events, with its interval.

    How to read it: the upright line is "like the others"; a blue diamond can be told from it, a grey circle cannot. Outlets stand in the order
    given: by name, since an order by size would be a league table.

    Args:
        tendencies: rows of one measure (outlet, value, low, high, n_events, says).
        title, unit: of the measure, for the axis.
    """
    figure = canvas(height=150)
    figure.add_vline(x=0, line={"color": ZERO, "width": 2, "dash": "dot"}, layer="below")
    lines = lay_rows(figure, list(tendencies["outlet"]), [2 * GAP] * len(tendencies))
    for line, row in zip(lines, tendencies.to_dict("records"), strict=True):
        told = row["says"] in ("early signal", "card")
        figure.add_scatter(
            x=[row["value"]], y=[line + GAP], mode="markers", error_x=interval(row, "value"), name=plain(row["outlet"]), customdata=[[row["outlet"]]],
            marker={"symbol": "diamond" if told else "circle", "size": 17, "color": COLOURS[2] if told else PALE, "line": {"width": 2, "color": EDGE}},
            hovertemplate=f"{plain(row['outlet'])}<br>{row['value']:+.3f} ({plain(unit)}), {row['n_events']} events<br>{row['says']}<extra></extra>")
    name_axis(figure, f"{title}: mean difference from the others on shared events ({unit})",
              range=spread(tendencies["value"], tendencies["low"], tendencies["high"]))
    return figure
