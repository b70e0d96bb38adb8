"""An article is known again: under another id, another form of its address, in another file, in any order."""

import pytest
from conftest import articles_of

from analysis.corpus.library import open_library
from analysis.corpus.library_identity import address_key, are_one_page
from analysis.corpus.library_search import match_words

WHOLE = " ".join(f"word{n}" for n in range(200))
PAGE = {"article_id": "p", "outlet": "Gull", "title": "Ferry stops", "text": WHOLE, "url": "https://www.gull.example/news/ferry.html?id=7"}


@pytest.fixture
def library(tmp_path):
    opened = open_library(tmp_path / "a.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize("form", [
    "http://gull.example/news/ferry.html?id=7", "https://m.gull.example/news/ferry.html?id=7#top", "https://www.gull.example/news/ferry.html?utm_source=x&id=7&fbclid=abc",
    "HTTPS://WWW.GULL.EXAMPLE:443/news/ferry.html?id=7", "https://amp.gull.example/news/ferry.html?id=7&outputType=amp", "https://www.gull.example/amp/news/ferry.html?id=7",
    "https://gull.example/news//ferry.html/?id=7",
])
def test_forms_of_one_address_are_one(form):
    assert address_key(form) == address_key(PAGE["url"]) == "gull.example/news/ferry.html?id=7"


@pytest.mark.parametrize("other", ["https://gull.example/news/ferry.html?id=8", "https://gull.example/news/ferry2.html?id=7", "https://tern.example/news/ferry.html?id=7",
                                   "https://news.gull.example/news/ferry.html?id=7"])
def test_other_pages_are_other_addresses(other):
    assert address_key(other) not in ("", address_key(PAGE["url"]))


@pytest.mark.parametrize("none", ["", "https://www.gull.example/", "https://gull.example/index.html", "https://[bad", "no address", "http://", "https://x:notaport/a"])
def test_a_front_page_and_what_is_no_address_name_no_article(none):
    assert address_key(none) == ""


def test_pages_that_share_an_address_are_one_only_when_title_or_words_agree():
    assert are_one_page("A title!", "x y", "a TITLE", "p q", 0.5)
    # three words of the shorter's four
    assert are_one_page("", "a b c d", "", "a b c z y x w", 0.5) and not are_one_page("", "a b c d", "", "a z y x w v u", 0.5)
    assert not are_one_page("", "", "", "", 0.5)


def test_the_same_article_under_another_id_or_address_is_known(library):
    library.add_articles(articles_of(PAGE))
    for other in ({"article_id": "q"}, {"article_id": "r", "url": ""}, {"article_id": "s", "url": "https://m.gull.example/news/ferry.html?id=7&gclid=1", "text": WHOLE + " edited"}):
        added = library.add_articles(articles_of({**PAGE, **other}))
        assert (added.added, added.known) == (0, 1)
    assert list(library.articles()["article_id"]) == ["p"] and library.articles()["text"].iloc[0] == WHOLE
    assert list(added.notes["where"]) == ["article s"] and "came first" in added.notes["reason"].iloc[0]


def test_one_text_in_two_outlets_is_two_articles_also_when_only_the_address_tells_them_apart(library):
    copies = articles_of({**PAGE, "outlet": ""}, {**PAGE, "article_id": "t", "outlet": "", "url": "https://tern.example/a"}, {**PAGE, "article_id": "u", "outlet": "", "url": ""},
                         {**PAGE, "article_id": "v", "outlet": "", "url": ""})
    assert library.add_articles(copies).added == 4


def test_two_articles_under_one_shared_address_are_both_kept(library):
    live = {"url": "https://gull.example/live", "outlet": "Gull"}
    rows = articles_of({**live, "article_id": "a", "title": "Morning", "text": "Ships left the port."}, {**live, "article_id": "b", "title": "Night", "text": "A storm hit every pier."})
    assert library.add_articles(rows).added == 2


def test_a_teaser_gets_its_whole_text_under_its_id_but_not_once_somebody_has_marked_it(library):
    teaser = {**PAGE, "article_id": "short", "text": "The ferry stopped today"}
    library.add_articles(articles_of(teaser))
    added = library.add_articles(articles_of(PAGE))
    assert (added.added, added.known, added.fuller) == (0, 1, ("short",)) and "whole text" in added.notes["reason"].iloc[0]
    assert library.articles()[["article_id", "text", "n_words"]].to_numpy().tolist() == [["short", WHOLE, 200]]
    assert library.search("word150") == ["short"] and library.search("today") == []
    library.add_articles(articles_of({**teaser, "article_id": "m", "text": "Boats will stop", "url": "https://gull.example/m"}))
    library.append_marks([{"mark_id": "m1", "at": "", "event_id": "", "article_id": "m", "sentence": 1, "start": 0, "end": 3, "pupil": "K", "label": "", "undoes": ""}])
    assert library.add_articles(articles_of({**PAGE, "article_id": "n", "url": "https://gull.example/m", "text": WHOLE + " more"})).fuller == ()


def test_thrice_and_shuffled_gives_the_same_library(tmp_path):
    rows = articles_of(*({"article_id": f"a{n}", "outlet": f"o{n % 3}", "title": f"t{n}", "text": f"{WHOLE} {n}", "url": f"https://o{n % 3}.example/{n}"} for n in range(40)))
    found = []
    for seed in range(3):
        opened = open_library(tmp_path / f"{seed}.sqlite")
        for again in range(3):
            shuffled = rows.sample(frac=1, random_state=seed * 10 + again)
            for start in range(0, 40, 7):
                opened.add_articles(shuffled.iloc[start:start + 7])
        with opened.shelf.reading() as connection:
            found.append((connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'articles digest'").scalar(),
                          connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'aliases digest'").scalar(), opened.count_articles()))
        opened.close()
    assert found[0] == found[1] == found[2] and found[0][2] == 40


def test_a_server_is_asked_the_same_as_a_file_in_its_own_words():
    assert match_words('the "new boat" caf', "sqlite") == '"the" "new boat" "caf"*'
    assert match_words('the "new boat" café', "postgresql") == "('the') & ('new' <-> 'boat') & ('cafe':*)"
    assert match_words("a'b | !c", "postgresql") == "('a' <-> 'b') & ('c')" and match_words("'", "postgresql") == ""
