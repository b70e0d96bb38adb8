"""Blind reading covers every trace of an outlet and moves no offset."""

import pandas as pd
import pytest
from sample_comparison import TEXTS, make_comparison

from dashboard import blind

OUTLETS = {
    "h1": (
        "Harbour Courier",
        "Harbour Courier: the pier",
        "2031-01-01T00:00Z",
        'The mayor told the Courier that it was "over".\n\nRead more on harbourcourier.example.',
    ),
    "h2": ("The Lantern", "Pier closed", "2031-01-02T00:00Z", "The Lantern has learned more. A lantern hung there. The NEWS of the day."),
}


@pytest.fixture
def chosen():
    """Return an event whose two outlets speak of themselves."""
    made = make_comparison(OUTLETS)
    made.tables["articles"]["url"] = ["https://www.harbourcourier.example/a", ""]
    made.tables["articles"]["byline"] = ["By Ann Bee and Cee Dee", ""]
    return made


def words(comparison):
    """Return every word of every table."""
    return " ".join(table.to_csv() for table in comparison.tables.values()).casefold()


def test_no_name_id_byline_or_address_is_left(chosen):
    text = words(blind.hide_outlets(chosen)).replace("a lantern hung there", "")
    for secret in ("harbour", "courier", "lantern", "ann bee", "example", "h1", "h2"):
        assert secret not in text, secret


def hidden_text(*bodies, outlet="Harbour Courier", agency="", byline=""):
    """Return the covered texts of articles of one outlet."""
    texts = {f"t{place}": (outlet, "Title", "2031-01-01T00:00Z", body) for place, body in enumerate(bodies)}
    made = make_comparison(texts)
    made.tables["articles"]["agency"], made.tables["articles"]["byline"], made.tables["articles"]["url"] = agency, byline, ""
    return list(blind.hide_outlets(made).articles["text"])


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("She told the Courier that it was over.", "Courier"),
        ("Write to desk@harbour.example today.", "desk@harbour.example"),
        ("See https://harbour.example/a?b=1 for more.", "harbour.example"),
        ("It is on harbourcourier.com now.", "harbourcourier"),
        ("Follow it with @HarbourCourier tonight.", "@HarbourCourier"),
        ("Our own correspondent saw it fall.", "Our own correspondent"),
        ("He spoke to this newspaper first.", "this newspaper"),
        ("The pier fell.\n\nReporting by Ann Bee; editing by Cee Dee", "Ann Bee"),
        ("The pier fell.\n\nPhoto: Dee Eff / Picture House", "Dee Eff"),
        ("The pier fell.\n\nEff Gee contributed to this report.", "Eff Gee"),
        ("\u00a9 2031 Courier Holdings. All rights reserved.", "Holdings"),
        ("WENDLE, March 12 (Estuary Wire) - The pier fell.", "Estuary Wire"),
    ],
)
def test_what_a_text_says_of_its_own_house_is_covered_letter_for_letter(said, secret):
    (text,) = hidden_text(said)
    assert secret.casefold() not in text.casefold() and blind.COVER in text and len(text) == len(said)


def test_a_word_of_the_language_is_covered_only_where_it_names_the_outlet():
    # "times" stands in lower case elsewhere in the event, so only the capital names the outlet; the place in the name stays
    texts = hidden_text("The Times saw it three times. New rules in York.", outlet="New York Times")
    assert texts == ["The █████ saw it three times. New rules in York."]


def test_a_full_name_is_covered_in_any_case_and_run_together():
    assert hidden_text("HARBOUR COURIER readers, harbourcourier fans.") == ["███████████████ readers, ██████████████ fans."]


def test_initials_name_a_long_outlet():
    assert hidden_text("The NYP said so.", outlet="New York Post") == ["The ███ said so."]


def test_words_about_a_conflict_name_letters(chosen):
    chosen.tables["claim_index"]["conflict"] = "12 (Harbour Courier) / 14 (The Lantern)"
    assert set(blind.hide_outlets(chosen).claim_index["conflict"]) == {"12 (outlet A) / 14 (outlet B)"}


def test_two_articles_of_one_outlet_are_not_said_to_be_of_one(chosen):
    chosen.tables["articles"]["outlet"] = "The Lantern"
    chosen.tables["claim_index"]["conflict"] = "12 (The Lantern) / 14 (The Lantern and 1 more)"
    assert set(blind.hide_outlets(chosen).claim_index["conflict"]) == {"12 (one outlet) / 14 (one outlet and 1 more)"}


def test_a_title_in_the_overview_hides_every_outlet_of_the_library():
    patterns = blind.find_names(["Harbour Courier", "The Lantern", "TV9"]).patterns()
    assert blind.cover_line("Lantern: the pier | TV9 and Harbour Courier", patterns) == "███████: the pier | ███ and ███████████████"


def test_every_offset_still_holds(chosen):
    hidden = blind.hide_outlets(chosen)
    texts = hidden.articles.set_index("article_id")["text"]
    for row in hidden.sentences.to_dict("records"):
        if row["sentence"]:
            assert texts[row["article_id"]][row["start"] : row["end"]] == row["text"]
    assert list(hidden.articles["text"].str.len()) == list(chosen.articles["text"].str.len())


def test_letters_replace_ids_everywhere(chosen):
    hidden = blind.hide_outlets(chosen)
    assert list(hidden.articles["article_id"]) == ["A", "B"] and list(hidden.articles["outlet"]) == ["outlet A", "outlet B"]
    assert set(hidden.parallels["other_id"]) <= {"A", "B"}
    assert [pair[0] for row in hidden.phrases["elsewhere"] for pair in row] == ["A"]


def test_generic_words_stay_readable(chosen):
    assert "NEWS of the day" in blind.hide_outlets(chosen).articles["text"].iloc[1]


def test_the_comparison_itself_is_untouched(chosen):
    before = {name: table.copy(deep=True) for name, table in chosen.tables.items()}
    blind.hide_outlets(chosen)
    for name, table in chosen.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_articles_without_outlets_have_nothing_to_hide():
    nobody = {key: ("", *rest) for key, (_, *rest) in TEXTS.items()}
    made = make_comparison(nobody)
    made.tables["articles"]["url"] = ""
    assert list(blind.hide_outlets(made).articles["text"]) == list(made.articles["text"])
