"""The library on a real PostgreSQL server: what holds in a file holds there, and a restart in the middle loses nothing."""

import itertools
import threading
import time

import numpy as np
import psycopg
import pytest
from conftest import articles_of, word_vectors
from postgres_server import Server
from test_library import (  # noqa: F401  the same tests, on a server
    FERRY,
    groups_of,
    test_a_batch_is_written_whole_or_not_at_all,
    test_a_word_in_the_title_ranks_first,
    test_an_empty_library_gives_empty_tables_with_their_columns,
    test_articles_come_back_as_they_went_in_and_adding_twice_adds_nothing,
    test_groups_are_replaced_at_one_stroke_and_must_name_known_articles,
    test_many_threads_read_and_write_together,
    test_refusals_are_remembered_once,
    test_repairs_keep_their_order_and_an_undo_marks_what_it_undoes,
    test_storylines_outlets_and_the_stamp_follow_what_is_kept,
    test_the_events_overview_counts_and_filters,
    test_vectors_and_kept_bytes_come_back_to_the_last_bit,
    test_what_a_person_types_is_searched_and_never_parsed_as_commands,
)
from test_library_search import (  # noqa: F401 - and what a search puts first
    test_a_beginning_is_looked_for_when_whole_words_are_too_few,
    test_a_phrase_puts_titles_first_and_then_the_newest,
    test_of_very_many_matches_the_newest_are_ranked_and_it_is_said_so,
    test_words_in_order_in_the_title_come_first_then_in_the_title_then_in_order_then_the_text_that_has_them_most_for_its_length,
)

from analysis import pipeline
from analysis.corpus import library_check
from analysis.corpus.library import open_library
from analysis.corpus.library_schema import VERSION
from analysis.schema import InputError, LibraryError
from analysis.settings import CorpusSettings, Settings

NAMES = itertools.count()


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture
def address(server):
    return server.make_database(f"library{next(NAMES)}")


@pytest.fixture
def library(address):
    opened = open_library(address)
    yield opened
    assert library_check.find_faults(opened.shelf) == []
    opened.close()


@pytest.fixture
def no_model(monkeypatch):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)


def many(n: int, of: str = "a"):
    return articles_of(*({"article_id": f"{of}{i}", "outlet": f"o{i % 5}", "title": f"Title {i}", "text": f"Words of number {i}, the ferry and the café."} for i in range(n)))


def digest_of(library) -> tuple:
    with library.shelf.reading() as connection:
        return tuple(connection.exec_driver_sql("SELECT key, value FROM meta WHERE key LIKE '%%digest' ORDER BY key").all())


def test_a_library_on_a_server_opens_again_with_what_was_put_in(address, library):
    library.add_articles(FERRY)
    library.save_groups(groups_of(("a", "e1", "a"), ("b", "e1", "b"), ("c", "e2", "c")))
    again = open_library(address)
    assert again.articles().equals(library.articles()) and again.groups().equals(library.groups())
    again.close()
    reader = open_library(address, read_only=True)
    assert reader.search("café") == ["b"] and reader.search("CAFE") == ["b"]
    with pytest.raises(LibraryError, match="may not be written"):
        reader.add_articles(FERRY)
    reader.close()


def test_corrections_marks_and_repairs_work_on_a_server_as_in_a_file(library, no_model, tmp_path):
    beside = open_library(tmp_path / "a.sqlite")
    for one in (library, beside):
        one.add_articles(many(8))
        pipeline.regroup(one, Settings(), {f"a{i}" for i in range(8)})
        pipeline.repair(one, "exclude", ["a3"])
        made = pipeline.correct(one, "a1", "title", "Pier closed")
        pipeline.correct(one, "a2", "published", "2024-05-01")
        pipeline.mark(one, one.groups()["event_id"].iloc[0], "a1", (0, 0, 4), pupil="K7")
        assert one.search("pier") == ["a1"] and one.search('"title 1"') == []
        pipeline.undo_correction(one, made)
        assert one.search('"title 1"') == ["a1"]
    assert library.articles().equals(beside.articles()) and library.groups().equals(beside.groups())
    assert len(pipeline.list_marks(library)) == 1
    beside.close()


@pytest.mark.parametrize("query", ["the ferry", "number 1", '"number 1"', '"known ferry"', "caf", "well-known", "don't", "U.S.", "3rd", "été", "a_b", "Москва", "naïve co-op", "x.y@z.org"])
def test_a_query_finds_the_same_articles_on_a_server_and_in_a_file(library, tmp_path, query):
    texts = ["The well-known ferry of the U.S. didn't stop.", "L'été was naïve; a co-op in Москва", "3rd of May, mail x.y@z.org now", "a_b don't well known number 1", "Cafés number 12"]
    rows = articles_of(*({"article_id": f"t{i}", "title": f"T{i}", "text": text} for i, text in enumerate(texts)))
    beside = open_library(tmp_path / "a.sqlite")
    for one in (library, beside):
        one.add_articles(rows)
    assert sorted(library.search(query)) == sorted(beside.search(query)) != []
    beside.close()


def test_a_very_long_text_of_odd_words_is_kept_and_searched_by_its_first_words(library):
    text = " ".join(np.random.default_rng(1).integers(10**9, 10**10, 90_000).astype(str))
    library.add_articles(articles_of({"article_id": "long", "title": "Numbers", "text": text + " " + "y" * 5_000}))
    assert library.search(text.split()[0]) == ["long"] and library.articles()["text"].iloc[0].startswith(text)


def test_one_writer_at_a_time_and_the_others_are_told_while_readers_read(address, library):
    library.add_articles(FERRY)
    impatient = open_library(address, settings=CorpusSettings(busy_seconds=0.3))
    with library.shelf.writing() as connection:
        connection.exec_driver_sql("DELETE FROM aliases")
        with pytest.raises(LibraryError, match="another program is writing"):
            impatient.add_articles(many(2))
        assert len(impatient.articles()) == 3
        connection.rollback()
    with library.alone(), pytest.raises(LibraryError, match="another program is adding"), impatient.alone():
        pytest.fail("two ingests at once")
    with impatient.alone():
        assert impatient.add_articles(many(2)).added == 2
    impatient.close()


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_restart_in_the_middle_of_an_ingest_changes_nothing_in_what_is_kept(server, library, address, how, tmp_path):
    undisturbed = open_library(tmp_path / "a.sqlite")
    rows = many(400)
    for start in range(0, 400, 10):
        undisturbed.add_articles(rows.iloc[start:start + 10])
    halfway = threading.Event()

    def ingest() -> None:
        for start in range(0, 400, 10):
            library.add_articles(rows.iloc[start:start + 10])
            if start == 100:
                halfway.set()

    writer = threading.Thread(target=ingest)
    writer.start()
    assert halfway.wait(60)
    server.stop(how)
    time.sleep(0.5)
    server.start()
    writer.join(120)
    assert not writer.is_alive() and digest_of(library) == digest_of(undisturbed)
    assert library.articles().equals(undisturbed.articles())
    undisturbed.close()


def test_a_server_that_is_not_there_is_told_after_a_while_and_no_password_is_shown(tmp_path):
    settings = CorpusSettings(restart_seconds=0.1, retry_seconds=0.05, busy_seconds=2)
    with pytest.raises(LibraryError, match="the server") as told:
        open_library(f"postgresql+psycopg://desk:s3cret@/library?host={tmp_path}", settings=settings)
    assert "s3cret" not in str(told.value)
    for bad in ("postgresql+psycopg://desk:s3cret@host", "postgresql+psycopg://desk:s3cret@host:port/x"):
        with pytest.raises(InputError, match="address") as told:
            open_library(bad)
        assert "s3cret" not in str(told.value)


def test_another_database_a_missing_one_and_a_newer_version_are_refused(server, address):
    with psycopg.connect(address.replace("+psycopg", "")) as other:
        other.execute("CREATE TABLE articles (recipe text)")
    with pytest.raises(LibraryError, match="something else"):
        open_library(address)
    with pytest.raises(LibraryError, match="no such database"):
        open_library(address.replace("library", "nowhere"))
    newer = server.make_database(f"library{next(NAMES)}")
    open_library(newer).close()
    with psycopg.connect(newer.replace("+psycopg", "")) as other:
        other.execute("UPDATE meta SET value = %s WHERE key = 'version'", (str(VERSION + 1),))
    with pytest.raises(LibraryError, match=f"newer version .{VERSION + 1}"):
        open_library(newer)


def test_a_nul_is_refused_by_name(library):
    with pytest.raises(LibraryError, match="NUL"):
        library.add_articles(articles_of({"article_id": "n", "title": "T", "text": "a\x00b"}))


def test_damage_on_a_server_is_noticed(library):
    library.add_articles(many(3))
    with library.shelf.writing() as connection:
        connection.exec_driver_sql("UPDATE articles SET title = 'Other' WHERE article_id = 'a1'")
    with pytest.raises(LibraryError, match="not as it was written"):
        library.articles()
    assert library_check.find_faults(library.shelf) == ["article 'a1' is not as it was written"]
    with library.shelf.writing() as connection:
        connection.exec_driver_sql("UPDATE articles SET title = 'Title 1' WHERE article_id = 'a1'")
