"""The dashboard on a made-up library: what `streamlit run` and AppTest open in the tests, without models or a file on disk.

PARALLAX_SAMPLE chooses the library: "" (the sample event), "empty", "broken", "hostile", "payloads" (tests/hostile.py) or "many".
"""

from __future__ import annotations

import os
import runpy
import sys
import types
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from hostile import CLEAN, hostile_texts, poison  # noqa: E402 - the path has to be set first
from sample_comparison import TEXTS, make_comparison  # noqa: E402

from analysis.framing import agreement  # noqa: E402
from analysis.framing.reading import align_paragraphs  # noqa: E402
from analysis.framing.summaries import COLUMNS as SUMMARY_COLUMNS  # noqa: E402
from analysis.framing.summaries import rank_events  # noqa: E402
from analysis.output.report import write_report  # noqa: E402
from analysis.schema import TENDENCIES, LibraryError, Measure  # noqa: E402

BAIT = "https://evil.example/x.png"
PAYLOADS = (
    f"![x]({BAIT})",
    f'<img src="{BAIT}" onerror="alert(1)">',
    "<script>alert(1)</script>",
    f"[a](javascript:alert(1)) ![i]({BAIT})",
    f'<svg onload="alert(1)"><image href="{BAIT}"/></svg>',
    f'"><iframe src="{BAIT}"></iframe>',
    f'<a href="javascript:alert(1)">x</a><style>@import "{BAIT}";</style>',
    f':red[x] $x$ https://evil.example/a <b style="background:url({BAIT})">',
    "=cmd|' /C calc'!A1 {{7*7}} ${alert(1)} %s \u202eevil",
    "</mark></span></article><details open ontoggle=alert(1)>",
)
MEASURES = {
    name: Measure(
        name=name,
        title=title,
        unit="-1…1",
        scale=1.0,
        high="kinder words",
        low="harsher words",
        not_="not what the outlet thinks",
        source="ours: test",
    )
    for name, title in (
        ("sentiment", "Sentiment"),
        ("sentiment_narrator", "Sentiment, narrator"),
        ("sentiment_quote", "Sentiment, quotations"),
        ("sentiment_attributed", "Sentiment, attributed"),
    )
}


def _texts(kind: str) -> dict[str, tuple[str, str, str, str]]:
    if kind == "payloads":
        return hostile_texts()
    if kind != "hostile":
        return TEXTS
    hostile = {}
    for place, key in enumerate(TEXTS):
        first, second, third = (PAYLOADS[(place * 3 + step) % len(PAYLOADS)] for step in range(3))
        hostile[key] = (
            first,
            f"{second} {first}",
            TEXTS[key][2],
            f'{third} {first}. {second} and more. And a third.\n\n"{third}" said {second}. Once more {first}.',
        )
    return hostile


def _events(kind: str) -> pd.DataFrame:
    count = {"many": 20_000, "empty": 0, "payloads": len(CLEAN)}.get(kind, 1)
    if kind == "payloads":
        return _event_rows(pd.Series(CLEAN.values()))
    title = make_comparison(_texts(kind)).articles["title"].iloc[0]
    number = pd.Series(range(count), dtype=int)
    return _event_rows(pd.Series([title if place == 0 else f"{title} {place}" for place in number], dtype=str))


def _event_rows(titles: pd.Series) -> pd.DataFrame:
    number = pd.Series(range(len(titles)), dtype=int)
    time = pd.Timestamp("2031-03-02T08:00Z") - pd.to_timedelta(number, unit="h")
    return pd.DataFrame(
        {
            "event_id": [f"e{place + 1}" for place in number],
            "storyline_id": "s1",
            "title": titles,
            "n_articles": 4,
            "n_outlets": 4,
            "n_origins": 3,
            "first": time,
            "last": time,
            "provenance": "constructed",
        }
    )


def make_tendencies() -> pd.DataFrame:
    """Return a made-up TENDENCIES table: a card, an early signal, what cannot be told, and an outlet with too few events."""
    rows = [
        ("Harbour Courier", "sentiment", 34, 0.12, 0.05, 0.19, 0.004, "card", 0.08, 0.15, []),
        ("Harbour Courier", "sentiment_quote", 34, 0.01, -0.06, 0.08, 0.81, "cannot be told apart", -0.02, 0.03, ["Island Daily"]),
        ("Island Daily", "sentiment", 14, -0.2, -0.33, -0.07, 0.02, "early signal", -0.26, 0.01, ["The Lantern"]),
        ("Island Daily", "sentiment_quote", 14, 0.0, -0.1, 0.1, 0.9, "cannot be told apart", -0.1, 0.1, []),
        ("The Lantern", "sentiment", 4, 0.3, float("nan"), float("nan"), float("nan"), "nothing", float("nan"), float("nan"), []),
    ]
    columns = ["outlet", "measure", "n_events", "value", "low", "high", "q", "says", "without_low", "without_high", "hangs_on"]
    return pd.DataFrame(rows, columns=columns)[list(TENDENCIES.columns)]


def make_pipeline(kind: str) -> types.ModuleType:
    """Return a module that answers as analysis.pipeline does, from the sample event."""
    fake = types.ModuleType("analysis.pipeline")
    events = _events(kind)
    place = Path(f"/nowhere/{kind or 'sample'}")
    pairs = types.SimpleNamespace(path=place, where=str(place))

    def open_library(path: object = None, read_only: bool = False) -> object:
        if kind == "broken":
            raise LibraryError("the library cannot be read", where=" ".join((f"library ![x]({BAIT})", *CLEAN.values())), remedy="Restore the backup")
        return pairs

    def list_events(
        library: object,
        *,
        page: int,
        per_page: int,
        search: str = "",
        outlet: str = "",
        since: object = None,
        until: object = None,
        min_origins: int = 1,
    ) -> tuple[pd.DataFrame, int]:
        found = events[events["title"].str.contains(search, case=False, regex=False)] if search else events
        return found.iloc[(page - 1) * per_page : page * per_page], len(found)

    def load_comparison(library: object, event_id: str, progress: object = None) -> object:
        if event_id not in {"s1", *events["event_id"]}:
            raise LibraryError("there is no such event or storyline", where=event_id)
        if progress:
            progress("Measuring")
        made = make_comparison(_texts(kind), event_id, MEASURES, "storyline" if event_id == "s1" else "event")
        return poison(made) if kind == "payloads" else made

    storylines = pd.DataFrame(
        {
            "storyline_id": ["s1"],
            "title": [" ".join(CLEAN.values()) if kind == "payloads" else "The pier"],
            "n_events": [len(events)],
            "n_articles": [4],
            "first": events["first"].min(),
            "last": events["last"].max(),
        }
    ).head(len(events))
    fake.MEASURES = MEASURES
    fake.open_library, fake.list_events, fake.load_comparison = open_library, list_events, load_comparison
    fake.list_storylines = lambda library, page=1, per_page=0: storylines.iloc[(page - 1) * per_page :].head(per_page or len(storylines))
    fake.count_storylines = lambda library: len(storylines)
    fake.name_storylines = lambda library, ids: {key: title for key, title in storylines.set_index("storyline_id")["title"].items() if key in ids}
    fake.list_outlets = lambda library: sorted(row[0] for row in _texts(kind).values()) if len(events) else []
    fake.library_stamp = lambda library: "1"
    fake.shuffle_band = lambda comparison, measure: (-0.1, 0.1)
    strange = list(CLEAN.values()) if kind == "payloads" else []
    fake.shift_words = lambda comparison, left_id, right_id: pd.DataFrame(
        {
            "word": [*strange, "furious", "safe", PAYLOADS[0] if kind == "hostile" else "locked"],
            "contribution": [*(0.9 - place / 30 for place in range(len(strange))), -0.5, 0.3, -0.2],
        }
    )
    fake.find_in_context = lambda comparison, word: pd.DataFrame(
        [
            {"left": left, "hit": word, "right": right, "article_id": comparison.articles["article_id"].iloc[0], "sentence": 1}
            for left, right in [("The council closed the", "pier on Sunday."), *zip(strange, strange[::-1], strict=True)]
        ]
    )
    fake.pair_wording = lambda left, right: [["replace", left, right]]
    fake.self_checks = lambda library, event_id: pd.DataFrame(
        [{"check": "Identical texts differ by nothing", "passed": True, "detail": " ".join(["0 of 0 pairs differ", *strange])}]
    )
    fake.repairs = lambda library: pd.DataFrame(
        [(f"r{place}", "exclude", ["a1"], word, word, "2031-03-02T08:00:00Z", None) for place, word in enumerate(strange)],
        columns=["repair_id", "kind", "article_ids", "target", "reason", "at", "undone_by"],
    )
    fake.repair = lambda library, kind, article_ids, target="", reason="": "r1"
    fake.undo = lambda library, repair_id: None
    fake.overruled_repairs = lambda library: pd.DataFrame(
        [(f"r{place}", "wholly", f"Repair r{place} gave way wholly to a later one: {word}.") for place, word in enumerate(strange)],
        columns=["repair_id", "part", "says"],
    )
    logged = [(f"c{place}", "2031-03-02T08:00:00Z", "a1", "title", word, word, word, "") for place, word in enumerate(strange)]
    fake.corrections = lambda library: pd.DataFrame(
        logged, columns=["correction_id", "at", "article_id", "field", "value", "original", "reason", "undoes"], dtype="object"
    )
    fake.as_given = lambda library, article_id: {"published": strange[0], "outlet": " ".join(strange)} if strange else {"published": "2 March 2031"}
    fake.correct = lambda library, article_id, field, value, reason="": "c1"
    fake.undo_correction = lambda library, correction_id: "c2"
    fake.align_paragraphs, fake.agreement = align_paragraphs, agreement
    fake.render_report = lambda comparison: write_report(comparison, MEASURES)
    counted = events.head(3).assign(**dict.fromkeys(SUMMARY_COLUMNS, 2)).assign(n_tested=5)
    fake.list_different = lambda library, **filters: (rank_events(counted), max(len(events) - 3, 0))
    fake.tendencies = lambda library, progress=None: make_tendencies() if kind == "many" else TENDENCIES.empty()

    def outline(library: object, event_id: str) -> tuple[str, pd.DataFrame, pd.DataFrame]:
        made = load_comparison(library, event_id)
        return made.scope, made.articles.assign(text=""), made.groups

    fake.outline = outline
    fake.export_feeds = lambda library: "<opml></opml>"
    return fake


if __name__ == "__main__":
    KIND = os.environ.get("PARALLAX_SAMPLE", "")
    if getattr(sys.modules.get("analysis.pipeline"), "KIND", None) != KIND:
        import analysis

        analysis.pipeline = make_pipeline(KIND)
        analysis.pipeline.KIND = KIND
        sys.modules["analysis.pipeline"] = analysis.pipeline
    runpy.run_path(str(ROOT / "dashboard" / "app.py"), run_name="__main__")
