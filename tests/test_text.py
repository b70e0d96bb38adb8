import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corpus.text import decode_bytes, find_encoding, normalise_text
from analysis.schema import InputError

ENGLISH = "The harbour master said the “plan” was naïve – and the café’s owner agreed. " * 2
RUSSIAN = "Министр заявил, что соглашение будет подписано в четверг. " * 2


@pytest.mark.parametrize(("given", "kept"), [
    ("a\r\nb\rc", "a\nb\nc"),
    ("5\u00a0km\u202fh", "5 km h"),
    ("he said \u202eton\u202c and \u2066went\u2069", "he said ton and went"),
    ("co\u00adop\u200berate\ufeff", "cooperate"),
    ("nul\x00bell\x07esc\x1bcsi\x9btab\t", "nulbellesccsitab\t"),
    ("e\u0301", "é"),
    ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ("pair \ud83d\ude00", "pair \U0001f600"),
    ("‘as printed’ — “kept”", "‘as printed’ — “kept”"),
    ("\u200fשלום", "\u200fשלום"),
    ("", ""),
])
def test_text_is_made_safe_and_wording_stays(given, kept):
    assert normalise_text(given) == kept


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_normalising_twice_changes_nothing_more_and_the_answer_can_be_stored(text):
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert not set(once) & set("\x00\r\u202e\u2066\u200b")


@pytest.mark.parametrize(("text", "encoding"), [
    (ENGLISH, "utf-8"), (ENGLISH, "utf-8-sig"), (ENGLISH, "utf-16"), (ENGLISH, "utf-16-le"), (ENGLISH, "utf-16-be"), (ENGLISH, "utf-32"),
    (ENGLISH, "cp1252"), (RUSSIAN, "cp1251"), (RUSSIAN, "utf-8"), ("日本の首相は木曜日に述べた。", "shift_jis"), ("plain", "ascii"),
])
def test_bytes_come_back_as_the_text_that_was_written(text, encoding):
    assert decode_bytes(text.encode(encoding), "a.txt") == text


def test_a_declared_charset_settles_what_no_guess_can():
    polish = "<meta charset=iso-8859-2><p>Rząd przyjął ustawę o ochronie środowiska.</p>"
    assert decode_bytes(polish.encode("iso-8859-2"), "a.html") == polish
    japanese = '<meta charset="iso-2022-jp"><p>日本</p>'
    assert decode_bytes(japanese.encode("iso-2022-jp"), "a.html") == japanese


def test_valid_utf8_beats_a_declaration_that_lies():
    page = "<meta charset=iso-8859-1><p>café – naïve</p>"
    assert decode_bytes(page.encode(), "a.html") == page


@pytest.mark.parametrize("raw", [b"%PDF-1.7 \x00\x01", b"\x89PNG\r\n\x1a\n\x00", b"PK\x03\x04abc", bytes(range(256)) * 40, b"\x1f\x8b\x08\x00",
                                 "Rząd przyjął ustawę, ogłosił i łączył".encode("cp1250")])
def test_what_is_no_text_or_no_sure_text_is_refused_by_name(raw):
    with pytest.raises(InputError, match="holiday.txt"):
        decode_bytes(raw, "holiday.txt")


def test_one_damaged_byte_in_utf8_is_named_and_not_taken_for_another_encoding():
    raw = "café naïve — ".encode() * 3 + b"\xff"
    assert find_encoding(raw, "a.csv") == "utf-8"
    with pytest.raises(InputError, match="byte 51"):
        decode_bytes(raw, "a.txt")


def test_a_character_cut_at_the_end_of_the_first_part_is_no_fault():
    assert find_encoding("café naïve é".encode()[:-1], "a.jsonl") == "utf-8"


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_named_refusal(raw):
    try:
        assert isinstance(decode_bytes(raw, "x.bin"), str)
    except InputError as error:
        assert "x.bin" in str(error)


def test_two_apostrophes_of_an_archive_become_the_mark_they_were():
    assert normalise_text("``It's done,'' he said, don't ask.") == "\"It's done,\" he said, don't ask."
