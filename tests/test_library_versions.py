"""A library made by an earlier version opens in this one with everything a person put into it."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from analysis.corpus import library_check
from analysis.corpus.library import open_library
from analysis.corpus.library_schema import VERSION
from analysis.schema import LibraryError

FIXTURES = Path(__file__).parent / "fixtures"
CONSTRUCTED = Path(__file__).parents[1] / "seeds" / "constructed" / "articles.jsonl"


@pytest.fixture(params=sorted(FIXTURES.glob("library_v*.sqlite")), ids=lambda path: path.stem)
def old(request, tmp_path):
    return Path(shutil.copy(request.param, tmp_path / "library.sqlite"))


def test_every_version_there_ever_was_has_its_file():
    assert [path.stem for path in sorted(FIXTURES.glob("library_v*.sqlite"))] == [f"library_v{number}" for number in range(1, VERSION + 1)]


def test_an_old_library_opens_with_articles_groups_repairs_vectors_and_search(old):
    library = open_library(old)
    articles, groups, repairs = library.articles(), library.groups().set_index("article_id"), library.repairs()
    given = [json.loads(line) for line in CONSTRUCTED.read_text(encoding="utf8").splitlines()]
    assert list(articles["article_id"]) == [record["article_id"] for record in given]
    assert [len(text.split()) for text in articles["text"]] == list(articles["n_words"]) == [400, 471, 274, 379, 409, 519, 375]
    # what the file was made with: the radio's report split off, an exclusion made and taken back
    assert groups["event_id"].nunique() == 2 and (groups["event_id"] == groups.at["constructed-radio-news", "event_id"]).sum() == 1
    assert list(repairs["kind"]) == ["split", "exclude", "undo"] and list(repairs["reason"]) == ["a day later", "an opinion", ""]
    assert repairs["undone_by"].fillna("").tolist() == ["", repairs["repair_id"].iloc[2], ""]
    assert (library.get_many(["hand made"])["hand made"] == np.arange(4, dtype="float32") / 3).all()
    assert library.cached("made by hand", ["k"]) == {"k": b"\x00\x01kept"}
    assert list(library.dropped()["where"]) == ["made up, line 2"]
    assert len(library.search("council")) == 7
    library.close()


def test_an_old_library_is_whole_after_the_step_and_knows_its_articles_again(old):
    library = open_library(old)
    assert library_check.find_faults(library.shelf) == []
    again = library.articles().assign(article_id=lambda table: "other-" + table["article_id"])
    assert (library.add_articles(again).added, library.add_articles(again).known) == (0, 7)
    library.close()
    assert len(open_library(old, read_only=True).articles()) == 7


def test_version_1_is_left_alone_when_read_only(tmp_path):
    path = Path(shutil.copy(FIXTURES / "library_v1.sqlite", tmp_path))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(LibraryError, match="up to date"):
        open_library(path, read_only=True)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
