import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corpus import library_schema
from analysis.corpus.library import open_library
from analysis.corpus.library_schema import VERSION
from analysis.corpus.library_search import match_words
from analysis.schema import ARTICLES, GROUPS, LibraryError, TableError
from analysis.settings import CorpusSettings


def articles_of(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Rows of (id, outlet, title, published, text); an empty time is unknown."""
    table = pd.DataFrame(rows, columns=["article_id", "outlet", "title", "published", "text"])
    table["published"] = pd.to_datetime(table["published"], utc=True, format="ISO8601")
    for column in ARTICLES.columns:
        if column not in table:
            table[column] = table["text"].str.split().str.len() if column == "n_words" else ""
    return table[list(ARTICLES.columns)]


FERRY = articles_of(("a", "Gull", "Ferry stops", "2024-05-01T10:00:00Z", "The ferry stopped at noon."),
                    ("b", "Tern", "Boat halts", "2024-05-01T12:30:00.5Z", "A café owner saw the boat halt."),
                    ("c", "NA", "Market opens", "", "The new market opens."))


def groups_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["article_id", "event_id", "origin_id"])
    return table.assign(storyline_id="s", closeness=np.nan, margin=0.1, why="w")


def counts(added) -> tuple[int, int]:
    return added.added, added.known


@pytest.fixture
def library(tmp_path):
    library = open_library(tmp_path / "a.sqlite")
    yield library
    library.close()


def test_articles_come_back_as_they_went_in_and_adding_twice_adds_nothing(library):
    before = FERRY.copy()
    assert counts(library.add_articles(FERRY)) == (3, 0)
    assert counts(library.add_articles(FERRY.iloc[::-1])) == (0, 3)
    pd.testing.assert_frame_equal(library.articles(), FERRY, check_dtype=False)
    pd.testing.assert_frame_equal(FERRY, before)
    assert list(library.articles(["c", "a", "none"])["article_id"]) == ["a", "c"]
    assert (library.articles(without_text=True)["text"] == "").all()
    assert len(library.articles([f"x{n}" for n in range(3000)] + ["b"])) == 1


def test_an_empty_library_gives_empty_tables_with_their_columns(library):
    assert list(library.articles().columns) == list(ARTICLES.columns) and library.articles().empty
    assert list(library.groups().columns) == list(GROUPS.columns) and library.groups().empty
    assert library.events().empty and library.count_events() == 0
    assert library.search("ferry") == [] and library.repairs().empty and library.dropped().empty
    assert counts(library.add_articles(FERRY.iloc[:0])) == (0, 0)


def test_refusals_are_remembered_once(library):
    dropped = pd.DataFrame({"where": ["a.jsonl line 2"], "reason": ["it has no text"]})
    for _ in range(2):
        library.add_articles(FERRY, dropped)
    pd.testing.assert_frame_equal(library.dropped(), dropped, check_dtype=False)


def test_a_batch_is_written_whole_or_not_at_all(library):
    torn = FERRY.assign(title=["fine", None, "fine"])
    with pytest.raises(TableError, match="field title"):
        library.add_articles(torn)
    assert library.articles().empty and library.search("ferry") == []


def test_times_without_a_zone_are_a_defect_not_a_guess(library):
    with pytest.raises(TableError, match="UTC"):
        library.add_articles(FERRY.assign(published=FERRY["published"].dt.tz_localize(None)))


@pytest.mark.parametrize(("query", "ids"), [
    ("ferry", ["a"]), ("cafe", ["b"]), ("the boat", ["b"]), ('"new market"', ["c"]), ('"market new"', []), ("mark", ["c"]), ("market ferry", []),
    ("", []), ("  \" ' ", []), ("ferry AND", []), ("NEAR(", []), ("title:ferry", []),
    ("-ferry", ["a"]), ("ferr*", ["a"]), ("(ferry)", ["a"]), ("^ferry", ["a"]),
])
def test_what_a_person_types_is_searched_and_never_parsed_as_commands(library, query, ids):
    library.add_articles(FERRY)
    assert library.search(query) == ids


@given(st.text())
def test_any_query_is_valid_for_full_text_search(query):
    words = match_words(query)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    if words:
        connection.execute("SELECT * FROM words WHERE words MATCH ?", (words.encode("utf8", "replace").decode("utf8"),)).fetchall()
    connection.close()


def test_a_word_in_the_title_ranks_first(library):
    library.add_articles(articles_of(("a", "", "Other", "", "storm storm storm storm"), ("b", "", "Storm", "", "nothing here")))
    assert library.search("storm") == ["b", "a"]


def test_groups_are_replaced_at_one_stroke_and_must_name_known_articles(library):
    library.add_articles(FERRY)
    library.save_groups(groups_of(("a", "e1", "a"), ("b", "e1", "b"), ("c", "e2", "c")))
    with pytest.raises(LibraryError, match="fit together"):
        library.save_groups(groups_of(("ghost", "e9", "ghost")))
    assert list(library.groups()["event_id"]) == ["e1", "e1", "e2"]
    assert np.isnan(library.groups()["closeness"]).all()


def test_the_events_overview_counts_and_filters(library):
    library.add_articles(FERRY)
    library.save_groups(groups_of(("a", "e1", "o"), ("b", "e1", "o"), ("c", "e2", "c")))
    events = library.events()
    # e1: articles a and b, outlets Gull and Tern, one origin; e2 has no time and therefore comes last
    assert list(events["event_id"]) == ["e1", "e2"]
    assert list(events.loc[0, ["n_articles", "n_outlets", "n_origins"]]) == [2, 2, 1]
    assert events.loc[0, "first"] == pd.Timestamp("2024-05-01T10:00Z") and pd.isna(events.loc[1, "last"])
    assert events.loc[0, "title"] == "Ferry stops"
    kept = {name: list(library.events(**filters)["event_id"]) for name, filters in {
        "search": {"search": "boat"}, "outlet": {"outlet": "NA"}, "since": {"since": "2024-05-01T13:00"}, "until": {"until": "2024-05-01T11:00Z"},
        "origins": {"min_origins": 2}, "none": {"search": "", "outlet": None}, "nothing": {"search": "??"}, "evil": {"outlet": "' OR 1=1 --"}}.items()}
    assert kept == {"search": ["e1"], "outlet": ["e2"], "since": [], "until": ["e1"], "origins": [], "none": ["e1", "e2"], "nothing": [], "evil": []}
    assert library.count_events(search="boat") == 1 and library.count_events() == 2
    assert list(library.events(page=2, per_page=1)["event_id"]) == ["e2"] and library.events(page=9).empty


def test_repairs_keep_their_order_and_an_undo_marks_what_it_undoes(library):
    library.append_repair({"repair_id": "r1", "at": "2024-05-01T10:00:00Z", "kind": "move", "article_ids": ["a", "b"], "target": "e2", "reason": "same ferry"})
    library.append_repair({"repair_id": "r2", "at": "2024-05-01T11:00:00Z", "kind": "undo", "target": "r1"})
    repairs = library.repairs()
    assert list(repairs["article_ids"]) == [["a", "b"], []]
    assert list(repairs["undone_by"].fillna("")) == ["r2", ""]


def test_vectors_and_kept_bytes_come_back_to_the_last_bit(library):
    rows = {f"k{n}": np.random.default_rng(n).normal(size=5).astype("float32") for n in range(1000)}
    library.put_many(rows)
    library.put_many({"k0": np.zeros(5, "float32")})  # a key names its text, so what stands is right
    found = library.get_many([*rows, "unknown"])
    assert set(found) == set(rows) and all((found[key] == rows[key]).all() for key in rows)
    library.keep("parses", {"x": b"1"})
    library.keep("parses", {"x": b"2", "y": b"\x00"})
    assert library.cached("parses", ["x", "y", "z"]) == {"x": b"2", "y": b"\x00"} and library.cached("comparisons", ["x"]) == {}


def test_a_reader_is_not_blocked_by_a_writer_and_a_second_writer_is_told(tmp_path, library):
    library.add_articles(FERRY)
    other = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM articles")
    assert len(library.articles()) == 3
    impatient = open_library(tmp_path / "a.sqlite", settings=CorpusSettings(busy_seconds=0.1))
    with pytest.raises(LibraryError, match="another program"):
        impatient.add_articles(FERRY)
    other.execute("ROLLBACK")
    other.close()
    assert impatient.add_articles(FERRY).known == 3
    impatient.close()


def test_many_threads_read_and_write_together(library):
    library.add_articles(FERRY)

    def work(number: int) -> None:
        for step in range(5):
            library.add_articles(articles_of((f"{number}-{step}", "", "T", "", f"words {number}")))
            assert len(library.articles(["a"])) == 1 and library.search("ferry") == ["a"]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert len(library.articles(without_text=True)) == 3 + 40


def test_read_only_never_writes(tmp_path, library):
    library.add_articles(FERRY)
    reader = open_library(tmp_path / "a.sqlite", read_only=True)
    assert len(reader.articles()) == 3
    with pytest.raises(LibraryError, match="may not be written"):
        reader.add_articles(FERRY)
    reader.close()
    with pytest.raises(LibraryError, match="no such library"):
        open_library(tmp_path / "none.sqlite", read_only=True)


def test_what_is_no_library_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("shopping list " * 500)
    with pytest.raises(LibraryError, match="not a library"):
        open_library(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "shopping list " * 500
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE recipes (x)")
    with pytest.raises(LibraryError, match="another kind"):
        open_library(tmp_path / "other.sqlite")
    with pytest.raises(LibraryError, match="cannot be opened"):
        open_library(tmp_path / "no folder" / "a.sqlite")
    with pytest.raises(LibraryError):
        open_library(tmp_path)


def test_a_damaged_file_is_told_in_words(tmp_path, library):
    library.add_articles(articles_of(*((f"a{n}", "", "T", "", "words " * 400) for n in range(200))))
    library.close()
    raw = bytearray((tmp_path / "a.sqlite").read_bytes())
    raw[8192:] = bytes(len(raw) - 8192)
    (tmp_path / "a.sqlite").write_bytes(raw)
    with pytest.raises(LibraryError, match="damaged|not a library"):
        damaged = open_library(tmp_path / "a.sqlite")
        damaged.articles()


def test_a_library_of_a_newer_version_is_refused_with_both_numbers(tmp_path, library):
    with sqlite3.connect(tmp_path / "a.sqlite") as other:
        other.execute("UPDATE meta SET value = ? WHERE key = 'version'", (str(VERSION + 1),))
    with pytest.raises(LibraryError, match=f"newer version .{VERSION + 1}; this one knows {VERSION}"):
        open_library(tmp_path / "a.sqlite")


def test_a_step_to_a_later_version_keeps_the_articles_and_is_not_taken_when_read_only(tmp_path, library, monkeypatch):
    library.add_articles(FERRY)
    steps = (*library_schema.MIGRATIONS, library_schema.Migration(("CREATE TABLE moons (moon TEXT)",)))
    monkeypatch.setattr(library_schema, "MIGRATIONS", steps)
    monkeypatch.setattr(library_schema, "VERSION", 1 + len(steps))
    with pytest.raises(LibraryError, match="up to date"):
        open_library(tmp_path / "a.sqlite", read_only=True)
    for _ in range(2):
        newer = open_library(tmp_path / "a.sqlite")
        assert len(newer.articles()) == 3
        newer.close()
    with sqlite3.connect(tmp_path / "a.sqlite") as other:
        assert other.execute("SELECT value FROM meta WHERE key = 'version'").fetchall() == [(str(1 + len(steps)),)]
        assert other.execute("SELECT COUNT(*) FROM moons").fetchone() == (0,)


def test_a_writer_killed_half_way_leaves_whole_batches(tmp_path):
    program = (
        "import sys, os; sys.path[:0] = [os.getcwd(), 'tests']\n"
        "from test_library import articles_of\nfrom analysis.corpus.library import open_library\n"
        f"library = open_library({str(tmp_path / 'k.sqlite')!r})\n"
        "for n in range(10**6):\n"
        "    library.add_articles(articles_of(*((f'{n}-{i}', '', 'T', '', 'words') for i in range(10))))\n"
        "    print(n, flush=True)\n")
    writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    for _ in range(3):
        writer.stdout.readline()
    writer.kill()
    writer.wait()
    library = open_library(tmp_path / "k.sqlite")
    n = len(library.articles())
    assert n >= 30 and n % 10 == 0
    library.close()


def test_a_file_name_with_marks_of_an_address_is_only_a_name(tmp_path):
    path = tmp_path / "my ?mode=ro#1%20.sqlite"
    library = open_library(path)
    library.add_articles(FERRY)
    library.close()
    assert path.is_file()


def test_storylines_outlets_and_the_stamp_follow_what_is_kept(library):
    stamps = [library.stamp()]
    library.add_articles(FERRY)
    stamps.append(library.stamp())
    library.save_groups(groups_of(("a", "e1", "o"), ("b", "e1", "o"), ("c", "e2", "c")))
    stamps.append(library.stamp())
    library.append_repair({"repair_id": "r1", "at": "2024-05-01T10:00:00Z", "kind": "confirm", "article_ids": ["a"]})
    stamps.append(library.stamp())
    assert len(set(stamps)) == 4 and library.stamp() == stamps[-1]
    assert library.count_articles() == 3 and library.outlets() == ["Gull", "NA", "Tern"]
    lines = library.storylines()
    # one storyline "s" over e1 (a, b) and e2 (c)
    assert lines[["storyline_id", "n_events", "n_articles"]].to_numpy().tolist() == [["s", 2, 3]]
    library.save_groups(groups_of(("a", "e1", "o"), ("b", "e1", "o")))
    assert library.storylines().empty
