"""The road over a library: what it remembers, and that a person's repairs outlive everything."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import articles_of, word_vectors

from analysis import kept, pipeline, road
from analysis.events.embed import Memory, load_embed, remember
from analysis.schema import GROUPS, TENDENCIES, InputError, Table
from analysis.settings import Settings

SEEDS = Path(__file__).parents[1] / "seeds"
CONSTRUCTED = SEEDS / "constructed" / "articles.jsonl"


@pytest.fixture(autouse=True)
def no_model(monkeypatch):
    """Grouping by hashed words: what is tested here does not hang on the encoder."""
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)


@pytest.fixture
def library(tmp_path):
    opened = pipeline.open_library(tmp_path / "library.sqlite")
    pipeline.ingest(opened, [CONSTRUCTED], Settings())
    yield opened
    opened.close()


def some_pages(folder: Path, n: int) -> Path:
    folder.mkdir()
    for page in sorted((SEEDS / "articles").glob("*.txt"))[:n]:
        (folder / page.name).write_bytes(page.read_bytes())
    return folder


def events_of(library) -> dict[str, str]:
    groups = library.groups()
    return dict(zip(groups["article_id"], groups["event_id"], strict=True))


def test_a_library_in_a_new_folder_is_made_and_a_second_ingest_changes_nothing(library):
    before = library.groups()
    report = pipeline.ingest(library, [CONSTRUCTED], Settings())
    assert (report.n_added, report.n_known) == (0, 7)
    assert library.groups().equals(before)


def test_adding_a_stretch_of_time_later_equals_grouping_all_at_once(library, tmp_path):
    pipeline.ingest(library, [some_pages(tmp_path / "pages", 5)], Settings())
    at_once = pipeline.open_library(tmp_path / "other.sqlite")
    pipeline.ingest(at_once, [tmp_path / "pages", CONSTRUCTED], Settings())
    assert events_of(library) == events_of(at_once)
    at_once.close()


def test_a_repair_survives_a_regroup_an_added_article_an_export_and_a_re_import_and_undo_restores(library, tmp_path):
    former = library.groups()
    apart = "constructed-radio-news"
    repair = pipeline.repair(library, "split", [apart], reason="a day later")
    assert len(set(events_of(library).values())) == len(set(former["event_id"])) + 1
    pipeline.regroup(library, Settings(), set(former["article_id"]))
    pipeline.ingest(library, [some_pages(tmp_path / "pages", 2)], Settings())
    others = {event for article, event in events_of(library).items() if article.startswith("constructed") and article != apart}
    assert events_of(library)[apart] not in others

    log = tmp_path / "repairs.jsonl"
    log.write_text("".join(pipeline.export_repairs(library)), encoding="utf8")
    colleague = pipeline.open_library(tmp_path / "colleague.sqlite")
    pipeline.ingest(colleague, [CONSTRUCTED], Settings())
    assert pipeline.import_repairs(colleague, log) == 1 and pipeline.import_repairs(colleague, log) == 0
    assert list(events_of(colleague).values()).count(events_of(colleague)[apart]) == 1
    colleague.close()

    pipeline.undo(library, repair)
    own = library.groups()
    assert own[own["article_id"].isin(former["article_id"])].reset_index(drop=True).drop(columns="storyline_id").equals(
        former.reset_index(drop=True).drop(columns="storyline_id"))
    assert json.loads(log.read_text(encoding="utf8"))["reason"] == "a day later"


def test_an_overruled_repair_is_named_and_comes_back_with_the_undo(library):
    first, second, *_ = library.groups()["article_id"]
    before = library.groups()
    apart = pipeline.repair(library, "not the same", [first, second])
    held_apart = library.groups()
    assert events_of(library)[first] != events_of(library)[second] and pipeline.overruled_repairs(library).empty
    together = pipeline.repair(library, "same event", [first, second])
    assert events_of(library)[first] == events_of(library)[second]
    assert pipeline.overruled_repairs(library)["repair_id"].tolist() == [apart]
    pipeline.undo(library, together)
    pd.testing.assert_frame_equal(library.groups(), held_apart)
    pipeline.undo(library, apart)
    pd.testing.assert_frame_equal(library.groups(), before)


def test_a_repair_of_an_unknown_article_is_refused_and_not_recorded(library):
    with pytest.raises(InputError):
        pipeline.repair(library, "exclude", ["nobody"])
    assert library.repairs().empty


def test_an_unknown_event_is_refused_with_a_remedy_that_serves_page_and_command_line():
    with pytest.raises(InputError, match="no such event or storyline") as caught:
        road.members_of(GROUPS.empty(), "e0")
    assert caught.value.remedy == "look for it in the overview"


def test_the_stamp_changes_with_articles_and_repairs_only(library):
    first = pipeline.library_stamp(library)
    assert pipeline.library_stamp(library) == first
    pipeline.repair(library, "exclude", ["constructed-radio-news"])
    assert pipeline.library_stamp(library) != first


@pytest.mark.models
def test_a_comparison_is_kept_and_made_anew_when_a_repair_changes_the_event(library, monkeypatch):
    event = library.groups()["event_id"].iloc[0]
    made = []
    compare = pipeline.road.compare
    monkeypatch.setattr(pipeline.road, "compare", lambda *given, **named: made.append(1) or compare(*given, **named))
    monkeypatch.setattr(pipeline.kept_, "embed_of", lambda library, settings: load_embed(settings.events))
    first = pipeline.load_comparison(library, event)
    second = pipeline.load_comparison(library, event)
    assert len(made) == 1 and pipeline.bundle.pack_comparison(first) == pipeline.bundle.pack_comparison(second)
    monkeypatch.setattr(pipeline.kept_, "embed_of", lambda library, settings: word_vectors)
    pipeline.repair(library, "exclude", ["constructed-radio-news"])
    monkeypatch.setattr(pipeline.kept_, "embed_of", lambda library, settings: load_embed(settings.events))
    assert len(pipeline.load_comparison(library, library.groups().set_index("article_id")["event_id"]["constructed-ledger-news"]).articles) == 6
    assert len(made) == 2


@pytest.mark.models
def test_the_self_checks_pass_on_the_constructed_event(library, monkeypatch):
    embed = remember(load_embed(Settings().events), Memory())  # as in a library: a text is encoded once for all six comparisons
    monkeypatch.setattr(pipeline.kept_, "embed_of", lambda library, settings: embed)
    checks = pipeline.self_checks(library, library.groups()["event_id"].iloc[0])
    assert len(checks) >= 5 and checks["passed"].all(), checks[~checks["passed"]].to_string()


def wide_vectors(texts) -> np.ndarray:
    """Hashed words as unit rows as wide as the encoder's."""
    return np.hstack([word_vectors(texts), np.zeros((len(texts), 320), dtype=np.float32)])


@pytest.mark.models
def test_tendencies_count_every_shared_event_once_are_kept_and_cost_only_what_is_new(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: wide_vectors)
    measured, measure = [], pipeline.kept_.road.contrast_reports
    monkeypatch.setattr(pipeline.kept_.road, "contrast_reports", lambda *given, **named: measured.append(given[2]) or measure(*given, **named))
    body = ' "The harbour is safe and the nets are dry," said Ana Berg. The council met on Monday and agreed on a new pier.\n\n'
    told = {"Alpha": body * 2, "Beta": "The council met on Monday and a new pier was agreed on. The harbour master was not at the meeting that day.\n\n" * 3}
    rows = [{"article_id": f"{outlet}{n}", "outlet": outlet, "title": f"Pier {n}", "text": f"In week {n} ships came." + text} for n in range(12) for outlet, text in told.items()]
    library = pipeline.open_library(tmp_path / "many.sqlite")
    articles = articles_of(*rows, {"article_id": "lone", "outlet": "Alpha", "title": "Alone", "text": "Nobody else was there. " * 9})
    library.add_articles(articles.assign(n_words=90))
    groups = pd.DataFrame([(key, f"e{key.strip('AlphaBetn')}" , "s", key, 1.0, 1.0, "") for key in articles["article_id"]], columns=list(GROUPS.columns))

    library.save_groups(groups[groups["event_id"] != "e11"])
    found = pipeline.tendencies(library)
    assert list(found.columns) == list(TENDENCIES.columns) and sorted(set(measured)) == sorted(f"e{n}" for n in range(11))
    quoted = found.set_index(["outlet", "measure"]).loc[("Alpha", "quote_share")]
    assert quoted["n_events"] == 11 and quoted["says"] == "early signal" and quoted["value"] > 0

    library.save_groups(groups)
    assert (pipeline.tendencies(library)["n_events"] <= 12).all() and measured[-1] == "e11" and len(measured) == 12
    pd.testing.assert_frame_equal(pipeline.tendencies(library), pipeline.tendencies(library))
    assert len(measured) == 12
    library.close()


def test_what_is_kept_is_asked_for_anew_when_a_table_has_other_columns(monkeypatch):
    before = kept.key_of("e1", Settings())
    assert kept.key_of("e1", Settings()) == before
    monkeypatch.setattr(kept, "COMPARISON_TABLES", (*kept.COMPARISON_TABLES, Table("more", "one more", {"column": ""})))
    assert kept.key_of("e1", Settings()) != before
