"""What a search puts first, and what it does with more matches than it ranks; `test_library_server` runs the same on a server."""

import pytest
from test_library import articles_of

from analysis.corpus.library import open_library
from analysis.corpus.library_search import find_articles

FILLER = "Nothing else of note happened in town that day, the clerk said. " * 3
STORM = articles_of(
    ("often", "A", "Weather", "", "The storm came. Storm after storm after storm hit the harbour."),
    ("long", "A", "Weather report", "", f"A storm was seen from a harbour. {FILLER * 4}"),
    ("apart", "B", "Weather news", "", f"The harbour was quiet before the storm. {FILLER}"),
    ("together", "B", "Weather then", "", f"There was a harbour storm at noon. {FILLER * 3}"),
    ("title", "C", "Storm shuts the harbour", "", "Boats stay in."), ("phrase", "C", "Harbour storm", "", "Boats stay out."),
    ("later", "D", "Storm over harbour", "", "Boats sail."), ("begun", "D", "Stormy weather", "", "In the harbour it is wet."))


@pytest.fixture
def library(tmp_path):
    made = open_library(tmp_path / "a.sqlite")
    yield made
    made.close()


def ranked(library, query, limit=200, most=1000):
    with library.shelf.reading() as connection:
        return find_articles(connection, query, limit, most)


def test_words_in_order_in_the_title_come_first_then_in_the_title_then_in_order_then_the_text_that_has_them_most_for_its_length(library):
    library.add_articles(STORM)
    # phrase has both words in order in its title; later and title have both there, the newer first; together has them in order in its text; of the
    # rest, often has seven of its ten words, apart fewer and long fewest; begun has only a longer word, and comes when there is room
    assert ranked(library, "harbour storm") == ["phrase", "later", "title", "together", "often", "apart", "long", "begun"]
    assert ranked(library, "harbour storm", limit=4) == ["phrase", "later", "title", "together"]


def test_a_beginning_is_looked_for_when_whole_words_are_too_few(library):
    library.add_articles(STORM)
    assert ranked(library, "harbour stor") == ["later", "phrase", "title", "begun", "together", "apart", "long", "often"]
    assert ranked(library, "weather st") == [] and ranked(library, "weather stormy") == ["begun"]
    assert "begun" not in ranked(library, "storm", limit=7) and "begun" in ranked(library, "storm", limit=8)


def test_of_very_many_matches_the_newest_are_ranked_and_it_is_said_so(library):
    library.add_articles(STORM)
    few = ranked(library, "harbour", most=3)
    # phrase and later have it in their titles, begun came last and has it in its text
    assert few == ["later", "phrase", "begun"] and few.beyond
    assert not ranked(library, "harbour", most=8).beyond and ranked(library, "harbour", most=7).beyond
    assert library.search("harbour").beyond is False and library.search("").beyond is False


def test_a_phrase_puts_titles_first_and_then_the_newest(library):
    library.add_articles(STORM)
    assert ranked(library, '"harbour storm"') == ["phrase", "together"]
    assert ranked(library, '"boats stay"') == ["phrase", "title"]
