import json
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus.entries import entry_of_file, sniff
from analysis.corpus.read import iter_table, read_table
from analysis.corpus.records import read_record, read_time
from analysis.schema import ARTICLES, DROPPED, InputError
from analysis.settings import CorpusSettings

BODY = "The ferry stopped at noon.\n\nNobody was hurt."


def write(path, *records):
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), encoding="utf8")
    return path


def test_the_same_articles_come_from_jsonl_csv_tsv_parquet_and_a_json_list(tmp_path):
    records = [{"article_id": "a", "outlet": "NA", "title": "Ferry", "published": "2024-05-01T14:00:00+02:00", "url": "https://x.test/1", "text": BODY},
               {"article_id": "b", "outlet": "null", "title": "", "published": "2024-05-02", "url": "", "text": "Second, with a comma and \"marks\"."}]
    table = pd.DataFrame(records)
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    table.to_parquet(tmp_path / "a.parquet")
    write(tmp_path / "a.jsonl", *records)
    write(tmp_path / "a.json", json.dumps(records, indent=1))
    read = {path.suffix: read_table(path) for path in tmp_path.iterdir()}
    assert len(read) == 5
    for articles, dropped in read.values():
        pd.testing.assert_frame_equal(articles, read[".jsonl"][0])
        assert list(dropped.columns) == list(DROPPED.columns) and dropped.empty
    articles = read[".jsonl"][0]
    assert list(articles.columns) == [*ARTICLES.columns, "given"]
    assert json.loads(articles["given"].iloc[1]) == {"published": "2024-05-02"}
    assert list(articles["outlet"]) == ["NA", "null"]
    assert list(articles["published"]) == [pd.Timestamp("2024-05-01T12:00Z"), pd.Timestamp("2024-05-02T00:00Z")]
    assert list(articles["precision"]) == ["time", "day"]
    assert list(articles["n_words"]) == [8, 6]
    assert articles["text"].iloc[0] == BODY


def test_other_names_of_the_fields_are_understood(tmp_path):
    path = write(tmp_path / "a.jsonl", {"source": {"id": None, "name": "Gull"}, "Headline": "T", "publishedAt": "20240501T123000Z", "link": "https://x.test",
                                        "authors": ["Ann", "Bo"], "text": "", "body": BODY})
    row = read_table(path)[0].iloc[0]
    assert (row["outlet"], row["title"], row["byline"], row["text"], row["url"]) == ("Gull", "T", "Ann, Bo", BODY, "https://x.test")
    assert row["published"] == pd.Timestamp("2024-05-01T12:30Z")


def test_a_bad_line_is_dropped_with_its_place_and_the_others_are_read(tmp_path):
    deep = '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}"
    path = write(tmp_path / "a.jsonl", {"text": BODY}, "{not json", "", "[1]", {"title": "only"}, {"text": 7}, {"text": " \u200b\n"}, deep,
                 '{"text": ' + "9" * 5000 + "}", '{"text": NaN}', '{"text": "lone \\ud800"}')
    articles, dropped = read_table(path)
    assert list(articles["text"]) == [BODY, "lone \ufffd"]
    assert [where.rsplit(" ", 1)[1] for where in dropped["where"]] == ["2", "4", "5", "6", "7", "8", "9", "10"]
    assert all(reason for reason in dropped["reason"])


def test_one_id_with_one_content_counts_once_and_with_two_contents_is_refused(tmp_path):
    one, again, other = {"article_id": "a", "text": BODY}, {"article_id": "a", "text": BODY, "url": "https://x.test"}, {"article_id": "a", "text": "Else."}
    articles, dropped = read_table(write(tmp_path / "a.jsonl", one, again, other))
    assert list(articles["text"]) == [BODY]
    assert "counted once" in dropped["reason"][0] and "other content" in dropped["reason"][1]
    without_id = [{"outlet": "Gull", "text": BODY}, {"outlet": "Tern", "text": BODY}, {"outlet": "Gull", "text": BODY}]
    articles, dropped = read_table(write(tmp_path / "b.jsonl", *without_id))
    assert articles["article_id"].nunique() == 2 and len(dropped) == 1


def test_repeats_are_seen_across_steps_and_steps_change_nothing(tmp_path):
    records = [{"outlet": f"o{i % 3}", "text": f"Text {i % 5} here."} for i in range(20)]
    path = write(tmp_path / "a.jsonl", *records)
    whole = read_table(path)
    parts = list(iter_table(path, 3))
    assert max(len(a) + len(d) for a, d in parts) <= 3
    pd.testing.assert_frame_equal(pd.concat([a for a, _ in parts], ignore_index=True), whole[0])
    assert len(whole[0]) + len(whole[1]) == 20


def test_an_unknown_date_keeps_the_article_with_a_note_and_is_never_guessed(tmp_path):
    articles, dropped = read_table(write(tmp_path / "a.jsonl", {"text": BODY, "date": "05/06/2017"}, {"text": "No date."}))
    assert articles["published"].isna().all() and list(articles["precision"]) == ["", ""]
    assert len(dropped) == 1 and "05/06/2017" in dropped["reason"][0] and dropped["reason"][0].startswith("kept")


@pytest.mark.parametrize(("written", "moment", "precision"), [
    ("2017-05-12T16:30:00+03:00", datetime(2017, 5, 12, 13, 30, tzinfo=UTC), "time"),
    ("2017-05-12 16:30", datetime(2017, 5, 12, 16, 30, tzinfo=UTC), "time"),
    ("2017-05-12", datetime(2017, 5, 12, tzinfo=UTC), "day"),
    ("2017-05-12T00:00:00Z", datetime(2017, 5, 12, tzinfo=UTC), "day"),
    ("Fri, 12 May 2017 16:30:00 GMT", datetime(2017, 5, 12, 16, 30, tzinfo=UTC), "time"),
    ("May 12, 2017 4:30 PM", datetime(2017, 5, 12, 16, 30, tzinfo=UTC), "time"),
    ("12 May 2017", datetime(2017, 5, 12, tzinfo=UTC), "day"),
    (1494606600, datetime(2017, 5, 12, 16, 30, tzinfo=UTC), "time"),
    ("2017", None, ""), ("yesterday", None, ""), ("9" * 40, None, ""), ("0001-01-01", None, ""), (True, None, ""), (float("inf"), None, ""),
])
def test_times_are_understood_as_written_or_not_at_all(written, moment, precision):
    assert read_time(written) == (moment, precision)


@settings(max_examples=50)
@given(st.one_of(st.text(max_size=40), st.integers(), st.floats()))
def test_no_value_breaks_the_reading_of_times(value):
    moment, precision = read_time(value)
    assert (moment is None) == (precision == "")


@settings(max_examples=30)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=()), max_size=30), min_size=1, max_size=5))
def test_any_strings_go_through_jsonl_and_can_be_stored(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    write(path, {"text": BODY}, *({"text": text, "title": text, "outlet": text} for text in texts))
    articles, dropped = read_table(path)
    assert 1 <= len(articles) <= 1 + len(texts)
    "".join(articles["text"] + articles["title"] + articles["outlet"]).encode("utf8")


def test_text_as_given_keeps_every_character_so_that_offsets_stay_true(tmp_path):
    text = "One\u00a0two\r\n\u202ethree e\u0301 \u200b "
    path = write(tmp_path / "a.jsonl", {"text": text, "title": " T  t "})
    given = read_table(path, as_given=True)[0].iloc[0]
    assert given["text"] == text and given["title"] == " T  t "
    assert read_table(path)[0]["text"].iloc[0] == "One two\nthree é"


@pytest.mark.parametrize(("name", "raw", "fault"), [
    ("none.jsonl", None, "no such file"), ("empty.jsonl", b"", "empty"), ("blank.csv", b" \n\n", "empty"), ("a.pdf", b"%PDF-1.4\n", "PDF"),
    ("a.jsonl", bytes(range(256)) * 20, "binary"), ("a.csv", b"outlet,title\nx,y\n", "no column text"), ("a.txt", b"Just some words.", "not a table"),
    ("a.jsonl", b"hello\nworld\n", "no article"), ("a.json", b'[{"text": "x"}, ', "line 1"), ("a.parquet", b"PAR1 broken", "not readable Parquet"),
    ("a.csv", b'text\n"never closed ' + b"x" * 300_000, "longer than"), ("a.csv.gz", b"\x1f\x8b\x08\x00", "gzip"),
])
def test_a_file_without_articles_is_refused_by_its_name(tmp_path, name, raw, fault):
    if raw is not None:
        (tmp_path / name).write_bytes(raw)
    with pytest.raises(InputError, match=fault) as caught:
        read_table(tmp_path / name, settings=CorpusSettings(max_record_bytes=200_000))
    assert name in str(caught.value)


def test_a_directory_and_an_impossible_name_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / ("x" * 5000), "a\x00b"):
        with pytest.raises(InputError):
            read_table(path)


def test_odd_csv_loses_nothing_in_silence(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'outlet;text\nGull;"two\nlines"\nTern;one;too many\n;\nNA;' + b"x" * 200_000
                     + b"\nSkua;bad \xff byte\nTern\nAuk;" + "café naïve —\n".encode())
    articles, dropped = read_table(path)
    assert list(articles["outlet"]) == ["Gull", "NA", "Auk"] and articles["text"].iloc[2] == "café naïve —"
    assert [where.split()[-1] for where in dropped["where"]] == ["4", "7", "8"]


def test_the_encoding_is_found_and_a_line_that_does_not_fit_is_named(tmp_path):
    line = json.dumps({"text": "The café’s owner said the “plan” was naïve – nobody agreed."}, ensure_ascii=False)
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        (tmp_path / "a.jsonl").write_bytes((line + "\n").encode(encoding))
        assert "café’s" in read_table(tmp_path / "a.jsonl")[0]["text"].iloc[0]
    (tmp_path / "b.jsonl").write_bytes(line.encode() + b"\n" + b" " * 100 + b'\n{"text": "caf\xe9"}\n')
    articles, dropped = read_table(tmp_path / "b.jsonl", settings=CorpusSettings(head_bytes=100))
    assert len(articles) == 1 and dropped["where"][0].endswith("line 3") and "utf-8" in dropped["reason"][0]


def test_too_long_a_record_is_dropped_and_an_unsafe_address_is_left_out(tmp_path):
    path = write(tmp_path / "a.jsonl", {"text": "word " * 100}, {"text": BODY, "url": "javascript:alert(1)"}, {"text": "y" * 2000})
    articles, dropped = read_table(path, settings=CorpusSettings(max_characters=400, max_record_bytes=1000))
    assert list(articles["url"]) == [""]
    assert len(dropped) == 3


@pytest.mark.parametrize(("name", "content", "kind"), [
    ("a.jsonl", '{"text": "x"}', "table"), ("a.csv", "text\nx", "table"), ("a.txt", "Home\nNews\n", "page"), ("a.txt", '{"text": 1}', "table"),
    ("a.html", "words", "html"), ("a.txt", "https://x.test/1\n\n# two\nhttps://x.test/2\n", "links"), ("a.txt", "https://x.test/1 is a link\n", "page"),
    ("a.xml", '<?xml version="1.0"?><rss version="2.0">', "feed"), ("a", '<feed xmlns="x">', "feed"), ("a.txt", "<opml>", "opml"),
    ("a.json", '{"version": "https://jsonfeed.org/version/1", "items": []}', "feed"), ("a.txt", "WARC/1.0\r\n", "warc"), ("page", "\n<!DOCTYPE html><p>", "html"), ("a.htm", "<p>", "html"), ("notes", "words", "page"),
])
def test_files_are_told_apart_for_the_road_they_take(tmp_path, name, content, kind):
    (tmp_path / name).write_text(content, encoding="utf8")
    assert sniff(entry_of_file(tmp_path / name)) == kind


def test_a_headline_without_a_text_is_kept_and_said_so(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"article_id": "a", "title": "Ferry stops", "text": ""}\n{"article_id": "b", "title": "", "text": " "}\n', encoding="utf8")
    articles, dropped = read_table(path)
    assert list(articles["article_id"]) == ["a"] and articles["n_words"].iloc[0] == 0
    assert ["headline alone" in reason for reason in dropped["reason"]] == [True, False]


@pytest.mark.parametrize(("text", "agency"), [
    ("GULL BAY, March 12 (Estuary Wire) - The pier fell.", "Estuary Wire"), ("MOSCOW (TASS) – The pier fell.", "TASS"),
    ("LOS ANGELES, Calif., May 3 (Reuters) — The pier fell.", "Reuters"), ("Bob Casey (D-Pa.) – who left – said it.", ""),
    ("GULL BAY, March 12 (The Gull) - The pier fell.", ""), ("KQO (Keep Quays Open) – the group – said it.", ""), ("The pier (Estuary Wire) - fell.", ""),
])
def test_the_agency_of_a_dateline_is_credited_where_the_record_names_none(text, agency):
    row, _ = read_record({"outlet": "The Gull", "text": text}, 1000)
    assert row["agency"] == agency and row["text"] == text
    assert read_record({"outlet": "The Gull", "text": text, "agency": "AP"}, 1000)[0]["agency"] == "AP"
