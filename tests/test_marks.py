"""Article text becomes HTML in one place; these tests hold it to: nothing lost, nothing executable, marks where they belong."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as make
from markupsafe import Markup

from analysis.files import print_table
from dashboard import exports, marks

ARTICLE = {"article_id": "a/1", "title": "T", "text": 'One <b>two</b>. Three four.\n\n"Five," said Six.'}
SENTENCES = pd.DataFrame(
    [
        {"article_id": "a/1", "sentence": 1, "start": 0, "end": 15},
        {"article_id": "a/1", "sentence": 2, "start": 16, "end": 27},
        {"article_id": "a/1", "sentence": 3, "start": 29, "end": 45},
    ]
)


def visible(html):
    """Return what a reader sees of markup of ours: tags out, entities back."""
    return Markup(html).striptags()


def test_text_is_shown_letter_by_letter_and_never_as_markup():
    html = marks.article_body(ARTICLE, SENTENCES, [])
    assert "&lt;b&gt;two&lt;/b&gt;" in html and "<b>" not in html


def test_every_sentence_is_an_anchor_with_a_safe_id():
    html = marks.article_body(ARTICLE, SENTENCES, [], ["s-a_1-2"])
    assert re.findall(r'id="([^"]+)"', html) == ["s-a_1-1", "s-a_1-2", "s-a_1-3"]
    assert html.count("px-here") == 1 and 'id="s-a_1-2" class="px-s px-here"' in html


def test_paragraphs_are_numbered_from_one():
    assert re.findall(r'px-n" aria-hidden="true">(\d+)<', marks.article_body(ARTICLE, SENTENCES, [])) == ["1", "2"]


def test_overlapping_marks_share_the_letters_they_share():
    # claims 0-6 "abcdef", quotes 4-9: "abcd" claim, "ef" both, "ghi" quote, "j" none
    html = marks.marked("abcdefghij", [marks.Span(0, 6, "claims", "c"), marks.Span(4, 9, "quotes", "q")])
    assert html == (
        '<mark class="px-claim" title="c">abcd</mark><mark class="px-claim px-quote" title="c; q">ef</mark>'
        '<mark class="px-quote" title="q">ghi</mark>j'
    )


def test_a_span_that_crosses_the_sentence_marks_only_what_lies_inside():
    assert marks.marked("cd", [marks.Span(0, 3, "names", "n")], offset=2) == '<mark class="px-name" title="n">c</mark>d'


def test_a_note_cannot_leave_its_attribute():
    html = marks.marked("x", [marks.Span(0, 1, "names", '" onmouseover="alert(1)')])
    assert html.count('"') == 4 and "&#34; onmouseover" in html


@given(
    make.text(max_size=60),
    make.lists(make.tuples(make.integers(-5, 70), make.integers(-5, 70), make.sampled_from([layer.key for layer in marks.LAYERS])), max_size=8),
)
def test_marking_never_changes_the_words(text, stretches):
    html = marks.marked(text, [marks.Span(start, end, layer) for start, end, layer in stretches])
    assert re.sub(r"</?mark[^>]*>", "", html) == str(marks.join([text]))


def test_a_difference_shows_only_the_side_asked_for():
    segments = [["equal", "the ", "the "], ["replace", "mob", "crowd"], ["delete", " now", ""], ["insert", "", " then"]]
    assert visible(marks.diff(segments, "here")) == "the mob now"
    assert marks.diff(segments, "there") == 'the <mark class="px-diff">crowd</mark> <mark class="px-diff">then</mark>'


@pytest.mark.parametrize(
    "text", ["![x](https://e.x/a.png)", "[a](javascript:alert(1))", ":red[x]", "$a$", "`a`", "# a", "<b>", "https://e.x", "1. a", "- a", "&lt;"]
)
def test_a_label_keeps_every_letter_and_no_power(text):
    safe = marks.md_escape(text)
    assert re.sub(r"\\(.)", r"\1", safe) == text
    assert not re.search(r"(?<!\\)[!-/:-@\[\]^-`{-~]", safe)


def test_a_label_is_one_line_and_cut_at_its_limit():
    assert marks.md_escape("a\n\nb") == "a b"
    assert marks.cut("abcdef", 4) == "abc…" and marks.cut("abcd", 4) == "abcd"
    assert marks.cut("about what happens", 15) == "about what…" and marks.cut("about what happens", 11) == "about what…", "after a word"
    assert marks.cut("a " + "b" * 20, 10) == "a bbbbbbb…", "a line that is one long word is not lost"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.b/c?d=e", "https://a.b/c?d=e"),
        ("javascript:alert(1)", ""),
        (" data:text/html,x", ""),
        ("//a.b", ""),
        ("", ""),
        ("http://[broken", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("file:///etc/passwd", ""),
    ],
)
def test_only_web_addresses_become_links(url, kept):
    assert marks.safe_url(url) == kept


def test_an_address_leaves_out_what_is_empty_and_repeats_lists():
    assert marks.link("", event="e&1", read=["A", "B"], word="") == "./?event=e%261&read=A&read=B"
    assert marks.link("method") == "./method" and marks.link() == "./"


@pytest.mark.parametrize(("words", "said"), [("it is so", "It is so."), ("Is it so?", "Is it so?"), ("“a” is b.", "“a” is b."), ("", "")])
def test_words_become_a_sentence(words, said):
    assert marks.sentence(words) == said


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("they will get a bus", "…they will get a bus"),
        ('"Nobody came here to fight.', "Nobody came here to fight."),
        ('they shut the doors on us," said Kettley.', "…they shut the doors on us, said Kettley."),
        ("we will not gamble with passengers’ lives,”", "…we will not gamble with passengers’ lives"),
        ("to save a timetable,", "…to save a timetable"),
        ("“My officers acted with restraint.”", "“My officers acted with restraint.”"),
        ("‘A bus is not a replacement,’", "‘A bus is not a replacement,’"),
        ('The "peaceful" protest', 'The "peaceful" protest'),
        ("71% of them", "71% of them"),
    ],
)
def test_a_piece_of_a_sentence_can_stand_alone(label, shown):
    assert marks.piece(label) == shown


def test_an_aligned_wording_stands_alone_as_its_piece_does():
    # the mark that opens has no partner on this side, and the comma last leads to words that were cut off
    pair = [["equal", '"nobody ', '"nobody '], ["replace", "came to fight,", "wants war"]]
    assert marks.diff(marks.piece_of(pair), "here") == '…nobody <mark class="px-diff">came to fight</mark>'
    assert visible(marks.diff(marks.piece_of(pair), "here")) == marks.piece('"nobody came to fight,')
    assert marks.diff(marks.piece_of([["equal", "A bus ", "The bus "], ["delete", "is late", ""]]), "here") == 'A bus <mark class="px-diff">is late</mark>'


@given(make.lists(make.text("ab ,.\"“”‘’", max_size=8), max_size=4))
def test_an_aligned_wording_and_its_piece_never_differ(parts):
    shown = "".join(segment[1] for segment in marks.piece_of([["equal", part, ""] for part in parts]))
    assert "".join(shown.split()) == "".join(marks.piece("".join(parts)).split())


def test_a_table_escapes_cells_and_keeps_our_markup():
    html = marks.table(["<h>", Markup('<b>B</b>"outlet"')], [["<a>", Markup("<em>x</em>")]], "c")
    assert "&lt;h&gt;" in html and "&lt;a&gt;" in html and "<em>x</em>" in html
    assert '<td data-head="B &#34;outlet&#34;">' in html, "what a phone shows above the cell"


def test_a_phone_tells_a_badge_from_a_name_and_gives_long_cells_its_whole_width():
    head = Markup('<span class="px-letter">G</span><span>Ledger <span class="px-badge px-care" title="t">opinion</span></span>')
    html = marks.table(["who", head], [["x", "w" * 60], ["y", Markup("<b>{}</b>").format("w " * 31)]], "c")
    assert '<td data-head="G Ledger (opinion)">www' in html and '<td data-head="G Ledger (opinion)" class="px-long"><b>w w' in html


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", " =1", "\n=1"])
def test_no_cell_begins_like_a_formula(text):
    assert exports.defuse(text) == "'" + text


def test_the_command_line_prints_no_formula_either():
    groups = pd.DataFrame({"article_id": ["=1+1", "a"], "closeness": [-0.5, None], "why": ["@SUM(1)", "one, two"], "=x": ["-", ""]})
    assert print_table(groups) == "article_id,closeness,why,'=x\n'=1+1,-0.5,'@SUM(1),'-\na,,\"one, two\",\n"


def test_numbers_and_harmless_text_stay_as_they_are():
    assert exports.defuse(-1.5) == -1.5 and exports.defuse("a=b") == "a=b"


def test_a_download_names_its_event_and_n(comparison):
    rows = pd.DataFrame({"x": ["=1", "a"], "n": [-1, 2]})
    before = rows.copy()
    back = pd.read_csv(__import__("io").BytesIO(exports.to_csv(rows, comparison)))
    assert list(back["x"]) == ["'=1", "a"] and list(back["n"]) == [-1, 2]
    assert set(back["articles_compared"]) == {4} and set(back["origins_compared"]) == {3} and set(back["comparison"]) == {"e1"}
    pd.testing.assert_frame_equal(rows, before)


@pytest.fixture
def comparison():
    """Return the sample event."""
    from sample_comparison import make_comparison

    return make_comparison()
