"""The seeds are what their README says: untouched pages, a sound outlet list, a key whose every quotation is where it says."""

import csv
import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
PAGES = {
    "000_ba81be9a49030625.txt": "425c18f29b8980ed6ccbda71e626b73d737b02f6b1fa23bce7fc2fc9900fbda8",
    "001_e3ae2e053e52afdf.txt": "f15ecf49afe8483f9580fd96687ac7bc91f071aa7f29fe1ee30cd3139ebaa898",
    "002_4a0582fe3bb4a27c.txt": "deda6ef31ef730fd1640ab245136f4f8396e3a4d92c14981e3a861f6134b3bfa",
    "003_8c0afa165a96de1b.txt": "3f492beb377ed43549ad8615e67ddeef115e3fc1cbaf5cb239b1d286884e9a20",
    "004_d7072838551941bf.txt": "98cd6ae28e02949a15f2f6778363080f769e7b4f33b29f387bf4bf00a6210937",
}
KINDS = {"state", "public", "private", "agency", "unknown"}


@pytest.fixture(scope="module")
def articles() -> dict[str, dict]:
    lines = (SEEDS / "constructed" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return {article["article_id"]: article for article in map(json.loads, lines)}


@pytest.fixture(scope="module")
def key() -> dict:
    return json.loads((SEEDS / "constructed" / "answer_key.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def outlets() -> list[dict[str, str]]:
    with (SEEDS / "outlets.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_five_pages_are_byte_for_byte_as_found() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (SEEDS / "articles").iterdir()}
    assert found == PAGES


def test_the_constructed_event_is_seven_articles_by_six_outlets(articles: dict, key: dict) -> None:
    assert (len(articles), len({article["outlet"] for article in articles.values()})) == (7, 6) == (key["articles"], key["outlets"])


def test_every_constructed_article_says_so_and_has_an_address_nobody_can_own(articles: dict) -> None:
    for article in articles.values():
        assert article["provenance"] == "constructed"
        assert urlsplit(article["url"]).hostname.endswith(".example")


def test_constructed_articles_have_250_to_600_words(articles: dict) -> None:
    assert all(250 <= len(article["text"].split()) <= 600 for article in articles.values())


def test_every_quotation_of_the_key_is_verbatim_in_its_paragraph(articles: dict, key: dict) -> None:
    for planted in key["planted"]:
        for piece in planted["evidence"]:
            article = articles[piece["article_id"]]
            paragraphs = [article["title"], *article["text"].split("\n\n")]
            assert piece["text"] in paragraphs[piece["paragraph"]], planted["id"]


def test_the_key_names_only_articles_and_facts_that_exist(articles: dict, key: dict) -> None:
    ids = [planted["id"] for planted in key["planted"]]
    assert len(ids) == len(set(ids))
    for planted in key["planted"]:
        assert set(planted["article_ids"]) <= set(articles), planted["id"]
        assert planted.get("fact", ids[0]) in ids, planted["id"]
        assert planted["explanation"].endswith("."), planted["id"]


def test_a_shared_fact_is_either_quoted_from_an_article_or_listed_as_absent(articles: dict, key: dict) -> None:
    for planted in (planted for planted in key["planted"] if planted["kind"] == "shared_fact"):
        carrying = {piece["article_id"] for piece in planted["evidence"]}
        assert carrying.isdisjoint(planted["absent"]), planted["id"]
        assert carrying | set(planted["absent"]) == set(articles), planted["id"]


def test_the_left_out_fact_leaves_no_trace_in_that_article_and_is_in_all_others(articles: dict, key: dict) -> None:
    left_out = next(planted for planted in key["planted"] if planted["kind"] == "left_out")
    named = {article_id for article_id, article in articles.items() if "Dunmarrow" in article["text"]}
    assert named == set(articles) - set(left_out["article_ids"])


def test_buried_and_led_facts_stand_in_the_last_and_the_first_paragraph(articles: dict, key: dict) -> None:
    for planted in key["planted"]:
        for piece in planted["evidence"]:
            if planted["kind"] == "led":
                assert piece["paragraph"] == 1, planted["id"]
            if planted["kind"] == "buried":
                assert piece["paragraph"] == len(articles[piece["article_id"]]["text"].split("\n\n")), planted["id"]


def test_named_words_and_values_occur_in_their_evidence(key: dict) -> None:
    for planted in key["planted"]:
        evidence = " ".join(piece["text"] for piece in planted["evidence"]).casefold()
        for word in (*planted.get("words", ()), *planted.get("labels", ())):
            assert word.casefold() in evidence, (planted["id"], word)


def test_quotations_cut_short_are_pieces_of_the_whole(articles: dict, key: dict) -> None:
    for planted in (planted for planted in key["planted"] if planted["kind"] == "quote_cut"):
        pieces = [(piece["article_id"], piece["text"].replace("’", "'").rstrip(",.").casefold()) for piece in planted["evidence"]]
        whole = max((text for _, text in pieces), key=len)
        assert all(text in whole for _, text in pieces), planted["id"]
        assert {article_id for article_id, _ in pieces} == {*planted["whole_in"], *planted["cut_in"]}, planted["id"]


def test_the_trimmed_version_is_about_half_of_the_agency_text_and_adds_nothing(articles: dict, key: dict) -> None:
    trimmed = next(planted for planted in key["planted"] if planted["kind"] == "trimmed")
    part, whole = articles[trimmed["article_ids"][0]], articles[trimmed["of"]]
    assert 0.4 <= len(part["text"].split()) / len(whole["text"].split()) <= 0.6
    assert part["byline"] == whole["byline"] == trimmed["agency"]
    assert part["title"] != whole["title"]
    straight = part["text"].translate(str.maketrans("“”’", "\"\"'"))
    assert all(paragraph in whole["text"] for paragraph in straight.split("\n\n"))


def test_origins_of_the_key_cover_each_article_once(articles: dict, key: dict) -> None:
    listed = [article_id for group in key["origin_groups"] for article_id in group]
    assert sorted(listed) == sorted(articles)
    assert (key["events"], len(key["origin_groups"])) == (1, key["origins"]) == (1, 6)


def test_outlet_names_aliases_and_domains_point_to_one_outlet_each(outlets: list[dict[str, str]]) -> None:
    for column in ("aliases", "domains"):
        owner: dict[str, str] = {}
        for row in outlets:
            values = [value for value in row[column].split(";") if value] + [row["outlet"]]
            for value in {value.strip().casefold() for value in values}:
                assert owner.setdefault(value, row["outlet"]) == row["outlet"], value


def test_every_outlet_has_a_kind_of_the_list_and_says_what_it_rests_on(outlets: list[dict[str, str]]) -> None:
    assert set(outlets[0]) == {"outlet", "aliases", "domains", "country", "kind", "source"}
    for row in outlets:
        assert None not in row.values(), row["outlet"]
        assert row["kind"] in KINDS, row["outlet"]
        assert row["source"], row["outlet"]
        assert not any("/" in domain or " " in domain for domain in row["domains"].split(";")), row["outlet"]


def test_seed_and_constructed_outlets_are_listed(outlets: list[dict[str, str]], articles: dict) -> None:
    listed = {row["outlet"]: row for row in outlets}
    assert {"Sputnik", "Azernews", "TASS", "Sahar News Monitoring Desk", "TRT World"} <= set(listed)
    assert listed["Sahar News Monitoring Desk"]["kind"] == "unknown"
    assert all(listed[article["outlet"]]["country"] == "fictional" for article in articles.values())
