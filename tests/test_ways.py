"""Every way in, end to end through the one door: real files, and a news world on loopback for what comes from the web."""

import csv
import gzip
import io
import json
import socket
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from conftest import word_vectors
from news_world import FORBIDDEN, STORIES, Canary, World, atom, json_feed, opml, page, rss

from analysis import pipeline
from analysis.corpus.fetch import Network, look_up
from analysis.links import Web
from analysis.schema import ARTICLES, DROPPED, InputError
from analysis.settings import Settings, WebSettings, WorkerSettings
from analysis.tables import Upload, Way
from analysis.ways import Pasted, read_articles

SETTINGS = replace(Settings(), worker=WorkerSettings(seconds=60))
BODY = "The ferry stopped at noon. " * 5
FERRY, SCHOOL = (STORIES[name][0] for name in ("ferry", "school"))


@pytest.fixture(scope="module")
def world():
    with World() as made:
        yield made


def read(source, web=None, settings=SETTINGS, **columns):
    parts = list(read_articles(source, Way(settings, web, columns)))
    articles, dropped = (pd.concat([part[place] for part in parts], ignore_index=True) for place in (0, 1))
    assert list(articles.columns) == [*ARTICLES.columns, "given"] and list(dropped.columns) == list(DROPPED.columns)
    return articles, dropped


def save(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(**members: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def test_a_link_becomes_an_article_with_what_its_page_declares(world):
    articles, dropped = read("http://gull.test/ferry", Web(world.network()))
    row = articles.iloc[0]
    assert (row["title"], row["outlet"], row["url"], row["language"]) == (FERRY, "The Gull", "http://gull.test/ferry", "en")
    assert row["published"] == pd.Timestamp("2031-03-02T09:30Z") and "Imelda Thrupp" in row["text"] and "never text" not in row["text"]
    assert dropped.empty


def test_a_link_is_refused_while_the_network_is_off(tmp_path):
    for source in ("http://gull.test/ferry", save(tmp_path / "links.txt", "http://gull.test/ferry\n"), save(tmp_path / "a.opml", opml("http://gull.test/rss"))):
        with pytest.raises(InputError, match="--network"):
            read(source)


def test_a_list_of_links_keeps_what_is_there_and_names_the_rest(world, tmp_path):
    path = save(tmp_path / "links.txt", "# mine\nhttp://gull.test/ferry\n\nhttp://tern.test/school\nhttp://gull.test/gone\nhttp://nobody.test/x\nhttp://gull.test/ferry\n")
    web = Web(world.network())
    articles, dropped = read(path, web)
    assert sorted(articles["title"]) == sorted([FERRY, SCHOOL])
    assert {where.split()[-1]: reason.split(".")[0] for where, reason in dropped.itertuples(index=False)} == {
        "5": "the server has taken the page away", "6": "there is no such host"}
    assert web.n_known == 1, "the second mention of one address"


def test_slow_dead_and_busy_outlets_hold_up_nobody_and_lose_nothing(world, tmp_path):
    slow = [f"http://slow.test/drip-body?{i}" for i in range(6)]
    busy = [f"http://broken.test/later?{i}" for i in range(4)]
    good = [f"http://gull.test/ferry?{i}" for i in range(5)] + ["http://tern.test/school", "http://auk.test/ferry", "http://skua.test/ferry"]
    path = save(tmp_path / "links.txt", "\n".join(slow + busy + good) + "\n")
    world.asked.clear()
    articles, dropped = read(path, Web(world.network(answer_seconds=0.6, host_faults=2)))
    assert len(articles) == 8 and len(dropped) == 10
    assert sum(host == "slow.test" for host, _, _ in world.asked) == 2, "left alone after two failures"
    assert sum(host == "broken.test" for host, _, _ in world.asked) == 1, "asked to come back later, and not asked again"
    assert dropped["reason"].str.contains("asked to be left alone").sum() == 7
    assert world.most_lines == 1, "one line at a time to each host"


def test_at_the_deadline_what_is_there_is_kept_and_the_rest_is_named(world, tmp_path):
    import time

    path = save(tmp_path / "links.txt", "http://gull.test/ferry\n" + "\n".join(f"http://slow.test/silence?{i}" for i in range(5)) + "\n")
    began = time.monotonic()
    articles, dropped = read(path, Web(world.network(answer_seconds=30), ends=began + 1.5))
    assert list(articles["title"]) == [FERRY] and len(dropped) == 5
    assert dropped["reason"].str.contains("the time for this ingest was over").sum() == 4
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(("name", "feed", "outlet"), [("a.rss", rss(), "The Gull"), ("a.xml", atom(), "The Tern"), ("a.json", json_feed(), "The Auk")])
def test_a_saved_feed_gives_its_own_texts_and_says_what_they_are(tmp_path, name, feed, outlet):
    articles, dropped = read(save(tmp_path / name, feed))
    assert list(articles["title"]) == [FERRY, SCHOOL] and set(articles["outlet"]) == {outlet}
    assert articles["text"].iloc[0].startswith("The ferry between the island") and "<p>" not in articles["text"].iloc[0]
    assert articles["published"].iloc[0] == pd.Timestamp("2031-03-02T09:30Z")
    assert all(reason.startswith("kept with what the feed gives") for reason in dropped["reason"])
    assert dropped["reason"].str.contains("may be an excerpt").all() == (outlet == "The Gull")


@pytest.mark.parametrize("path", ["rss", "atom", "feed-json"])
def test_a_feed_on_the_web_is_followed_to_its_pages(world, path):
    host = {"rss": "gull.test", "atom": "tern.test", "feed-json": "auk.test"}[path]
    articles, dropped = read(f"http://{host}/{path}", Web(world.network()))
    assert sorted(articles["title"]) == sorted([FERRY, SCHOOL]) and dropped.empty
    assert set(articles["url"]) == {f"http://{host}/ferry", f"http://{host}/school"} and "Imelda Thrupp" in " ".join(articles["text"])


def test_an_entry_whose_page_is_gone_is_kept_with_the_feeds_own_text(world, tmp_path):
    feed = rss().replace("http://gull.test/ferry", "http://gull.test/gone")
    articles, dropped = read(save(tmp_path / "a.rss", feed), Web(world.network()))
    gone = articles[articles["title"] == FERRY].iloc[0]
    assert gone["text"] == STORIES["ferry"][2][0] and len(articles) == 2
    assert list(dropped["reason"].str.contains("may be an excerpt: its page was not had")) == [True]


def test_opml_leads_to_every_feed_in_it_and_a_feed_is_asked_for_changes_the_second_time(world, tmp_path):
    path = save(tmp_path / "mine.opml", opml("http://gull.test/rss", "http://tern.test/atom", "http://gull.test/down"))
    web = Web(world.network())
    articles, dropped = read(path, web)
    web.settle()
    assert len(articles) == 4 and len(dropped) == 1 and "come back later" in dropped["reason"][0]
    assert {url: kept["title"] for url, kept in web.feeds.items()} == {"http://gull.test/rss": "The Gull", "http://tern.test/atom": "The Tern"}
    world.asked.clear()
    again = Web(world.network(), known=set(articles["url"]), feeds=web.feeds)
    articles, _ = read(path, again)
    assert articles.empty and again.n_known == 2, "the Tern's entries; the Gull has nothing new"
    assert sorted(asked for _, asked, _ in world.asked) == ["/atom", "/down", "/rss"]


def test_several_pasted_articles_are_parted_by_lines_only_and_can_be_put_right():
    ferry, school = ("\n\n".join(STORIES[name][2]) for name in ("ferry", "school"))
    stars = ferry.replace("\n\n", "\n\n***\n\n", 1)
    text = f"Outlet: The Gull\nDate: 2031-03-02\n{FERRY}\n\n{stars}\n\n==========\n\nhttp://tern.test/school\n{SCHOOL}\n\n{school}\n-----\nToo short."
    articles, dropped = read(Pasted(text))
    assert list(articles["outlet"]) == ["The Gull", ""] or list(articles["outlet"]) == ["The Gull", "tern.test"]
    assert list(articles["url"]) == ["", "http://tern.test/school"] and articles["precision"].iloc[0] == "day"
    assert "Imelda Thrupp" in articles["text"].iloc[0] and "two million" not in articles["text"].iloc[1]
    assert len(dropped) == 1 and dropped["where"][0] == "pasted text 3"
    edited, _ = read(Pasted(text, edits={1: {"outlet": "The Tern", "published": "2031-03-04T17:00Z"}}, left_out=frozenset({0, 2})))
    assert list(edited["outlet"]) == ["The Tern"] and edited["published"].iloc[0] == pd.Timestamp("2031-03-04T17:00Z")
    assert edited["article_id"].iloc[0] != articles["article_id"].iloc[1], "the id follows the outlet"
    with pytest.raises(InputError, match="nothing was pasted"):
        read(Pasted(" \n=====\n"))
    looked = pipeline.look_at_pasted(Pasted(text, edits={1: {"published": "05/06/2031"}}), SETTINGS)
    assert [bool(piece["fault"]) for piece in looked] == [False, True, True] and "05/06/2031" in looked[1]["fault"]


def test_saved_html_is_read_in_any_encoding_it_declares(tmp_path):
    for encoding, declared in (("utf-8", "utf-8"), ("cp1252", "iso-8859-1"), ("utf-16", "utf-16")):
        articles, _ = read(save(tmp_path / "a.html", page().replace("utf-8", declared).encode(encoding)))
        assert "“We will not sail" in articles["text"].iloc[0]


def test_what_is_not_english_is_kept_and_named(world):
    articles, dropped = read("http://gull.test/cyrillic", Web(world.network()))
    assert list(articles["language"]) == ["ru"] and "Паром между" in articles["text"].iloc[0] and dropped.empty


RECORDS = [{"Zeitung": "NA", "Kopf": "Ferry", "Tag": "2031-03-02", "Artikel": BODY}, {"Zeitung": "null", "Kopf": "School", "Tag": "2031-03-04", "Artikel": BODY + "End."}]


def workbook(records) -> bytes:
    """A real .xlsx, written by hand: strings inline, one number and one day as Excel stores them."""
    def cell(value):
        if isinstance(value, int | float):
            return f'<c><v>{value}</v></c>'
        escaped = str(value).replace("&", "&amp;").replace("<", "&lt;")
        return f'<c t="inlineStr"><is><t>{escaped}</t></is></c>'

    rows = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in [list(records[0]), *(list(record.values()) for record in records)])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped(**{
        "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels__.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="{office}/officeDocument" '
                        'Target="xl/workbook.xml"/></Relationships>',
        "xl__workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Notes" sheetId="1" r:id="a"/><sheet name="Press" sheetId="2" r:id="b"/>'
                            '</sheets></workbook>',
        "xl___rels__workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
            f'<Relationship Id="{key}" Type="{office}/worksheet" Target="worksheets/{key}.xml"/>' for key in "ab") + "</Relationships>",
        "xl__worksheets__a.xml": f'<worksheet xmlns="{main}"><sheetData><row><c t="inlineStr"><is><t>Collected in March</t></is></c></row></sheetData></worksheet>',
        "xl__worksheets__b.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'})


@pytest.mark.parametrize("shape", ["csv", "tsv", "json", "jsonl", "parquet", "xlsx"])
def test_columns_of_ones_own_are_matched_and_na_is_an_outlet(tmp_path, shape):
    table = pd.DataFrame(RECORDS)
    path = tmp_path / f"a.{shape}"
    writers = {"csv": lambda: table.to_csv(path, index=False, sep=";"), "tsv": lambda: table.to_csv(path, index=False, sep="\t"),
               "json": lambda: save(path, json.dumps(RECORDS)), "jsonl": lambda: save(path, "".join(json.dumps(row) + "\n" for row in RECORDS)),
               "parquet": lambda: table.to_parquet(path), "xlsx": lambda: save(path, workbook(RECORDS))}
    writers[shape]()
    seen = pipeline.preview_table(path, SETTINGS)
    assert (seen.columns, seen.export, seen.usual) == (["Zeitung", "Kopf", "Tag", "Artikel"], "", {}) and seen.records[0]["Zeitung"] == "NA"
    with pytest.raises(InputError):
        read(path)
    articles, dropped = read(path, outlet="Zeitung", title="Kopf", published="Tag", text="Artikel")
    assert list(articles["outlet"]) == ["NA", "null"] and list(articles["title"]) == ["Ferry", "School"] and dropped.empty
    assert list(articles["published"]) == [pd.Timestamp("2031-03-02T00:00Z"), pd.Timestamp("2031-03-04T00:00Z")]
    if shape in ("csv", "xlsx", "parquet"):
        with pytest.raises(InputError, match="no column Leib|no sheet"):
            read(path, text="Leib")


def test_a_workbook_is_read_from_the_sheet_that_holds_texts(tmp_path):
    records = [{"outlet": "Gull", "title": "Ferry", "date": "2031-03-02T09:00:00Z", "text": BODY, "id": 12.0}]
    articles, _ = read(save(tmp_path / "a.xlsx", workbook(records)))
    assert (articles["outlet"].iloc[0], articles["article_id"].iloc[0], articles["text"].iloc[0]) == ("Gull", "12", BODY.strip())


EXPORTS = {
    "NewsAPI": ({"status": "ok", "articles": [{"source": {"id": None, "name": "The Gull"}, "author": "A", "title": "Ferry", "description": "D", "url": "http://gull.test/ferry",
                "urlToImage": None, "publishedAt": "2031-03-02T09:30:00Z", "content": "The ferry between the island and the mainland stopped… [+3421 chars]"}]}, "teaser"),
    "news-please": ([{"authors": ["A"], "date_publish": "2031-03-02 09:30:00", "description": "D", "language": "en", "source_domain": "gull.test", "maintext": BODY,
                      "title": "Ferry", "url": "http://gull.test/ferry"}], ""),
    "trafilatura": ([{"title": "Ferry", "author": "A", "hostname": "gull.test", "date": "2031-03-02", "fingerprint": "abc", "id": None, "raw_text": BODY, "text": BODY,
                      "source": "http://gull.test/ferry", "source-hostname": "The Gull", "language": "en", "categories": "", "tags": ""}], ""),
    "Media Cloud": ([{"id": "1", "indexed_date": "2031-03-03", "language": "en", "media_name": "The Gull", "media_url": "gull.test", "publish_date": "2031-03-02",
                      "title": "Ferry", "url": "http://gull.test/ferry"}], "fetched"),
    "GDELT": ({"articles": [{"url": "http://gull.test/ferry", "url_mobile": "", "title": "Ferry", "seendate": "20310309T120000Z", "socialimage": "", "domain": "gull.test",
                             "language": "English", "sourcecountry": "X"}]}, "fetched"),
}


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("shape", ["json", "csv"])
def test_exports_of_other_tools_are_known_by_their_fields(world, tmp_path, name, shape):
    content, kind = EXPORTS[name]
    records = content["articles"] if isinstance(content, dict) else content
    path = tmp_path / f"a.{shape}"
    if shape == "json":
        save(path, json.dumps(content))
    else:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(records[0]))
            writer.writeheader()
            writer.writerows({key: value["name"] if isinstance(value, dict) else value for key, value in record.items()} for record in records)
    assert pipeline.preview_table(path, SETTINGS).export == name
    if kind == "fetched":
        with pytest.raises(InputError, match=f"a list of {name} has an address and no text; fetch it with --network"):
            read(path)
    articles, dropped = read(path, Web(world.network()))
    row = articles.iloc[0]
    assert row["url"] == "http://gull.test/ferry" and row["published"].date().isoformat() == "2031-03-02" and row["outlet"] in ("The Gull", "gull.test")
    assert (len(dropped), kind == "teaser") in ((0, False), (1, True))
    if kind == "teaser":
        assert "200 characters" in dropped["reason"][0] and row["text"].endswith("stopped …")
    if kind == "fetched":
        assert "Imelda Thrupp" in row["text"], "the page, not the date GDELT saw it"


def test_zip_and_gzip_are_read_member_by_member_and_one_level_deep(tmp_path):
    lines = json.dumps({"text": BODY, "outlet": "NA"}) + "\n"
    inner = zipped(**{"a.jsonl": lines})
    path = save(tmp_path / "a.zip", zipped(**{"press__a.html": page(), "press__b.jsonl": lines, "press__menu.txt": "Home\nNews\n", "look.css": "p{}", "photo.png": b"\x89PNG",
                                             "inner.zip": inner, "c.jsonl.gz": gzip.compress(lines.encode()), "..__..__evil.html": page("school")}))
    articles, dropped = read(path)
    assert sorted(articles["title"]) == ["", FERRY, SCHOOL]
    reasons = dict(dropped.itertuples(index=False))
    assert reasons[str(path)].startswith("2 members") and "archive inside an archive" in reasons[f"{path} / inner.zip"]
    assert "archive inside an archive" in reasons[f"{path} / c.jsonl.gz"] and "no article found" in reasons[f"{path} / press/menu.txt"]
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.zip"], "nothing is unpacked to disk"
    for name, raw in (("a.jsonl.gz", gzip.compress(lines.encode())), ("b.csv.gz", gzip.compress(f"outlet,text\nNA,{BODY}\n".encode())),
                      ("two.jsonl.gz", gzip.compress(lines.encode()) + gzip.compress(lines.replace("NA", "TA").encode()))):
        articles, _ = read(Upload(name, raw))
        assert articles["outlet"].iloc[0] == "NA" and len(articles) == (2 if name.startswith("two") else 1)


def warc(*pages: tuple[str, bytes, str], packed: bool = False) -> bytes:
    """A web archive of answers: address, body, more header lines."""
    records = []
    for url, body, more in pages:
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{more}\r\n".encode() + body
        head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{len(records):012d}>\r\nWARC-Date: 2031-03-09T00:00:00Z\r\n"
                f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n")
        record = head.encode() + answer + b"\r\n\r\n"
        records.append(gzip.compress(record) if packed else record)
    return b"".join(records)


@pytest.mark.parametrize("packed", [False, True])
def test_a_web_archive_is_read_record_by_record(tmp_path, packed):
    raw = warc(("http://gull.test/ferry", page().encode(), ""), ("http://gull.test/x.png", b"\x89PNG", "X: y\r\n"),
               ("http://tern.test/school", gzip.compress(page("school", "The Tern").encode()), "Content-Encoding: gzip\r\n"), packed=packed)
    raw = raw.replace(b"text/html; charset=utf-8\r\nX", b"image/png; xxxxxxx=utf-8\r\nX") if not packed else raw
    articles, dropped = read(save(tmp_path / ("a.warc.gz" if packed else "a.warc"), raw))
    assert list(articles["url"]) == ["http://gull.test/ferry", "http://tern.test/school"] and list(articles["title"]) == [FERRY, SCHOOL]
    assert list(articles["published"].dt.day) == [2, 4], "what the page says, not the day of the crawl"
    assert len(dropped) == 1


def test_a_folder_of_everything_is_read_and_what_cannot_be_is_named(tmp_path):
    save(tmp_path / "a.html", page())
    save(tmp_path / "b.opml", opml("http://gull.test/rss"))
    save(tmp_path / "c.zip", b"PK\x03\x04 broken")
    save(tmp_path / "d.pdf", b"%PDF")
    articles, dropped = read(tmp_path)
    assert list(articles["title"]) == [FERRY] and len(dropped) == 2 and dropped["reason"].str.contains("--network").sum() == 1


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)
    opened = pipeline.open_library(tmp_path / "library.sqlite")
    yield opened
    opened.close()


def test_ingest_remembers_its_feeds_and_fetches_nothing_twice(library, world, tmp_path):
    def web():
        return replace(pipeline.open_web(library, SETTINGS), network=world.network())

    first = pipeline.ingest(library, ["http://gull.test/rss", "http://tern.test/atom?token=CANARY0123456789"], SETTINGS, web=web())
    assert (first.n_added, first.n_known, first.n_articles) == (4, 0, 4)
    world.asked.clear()
    again = pipeline.ingest(library, ["http://gull.test/rss", "http://gull.test/ferry"], SETTINGS, web=web())
    assert (again.n_added, again.n_known) == (0, 1) and [path for _, path, _ in world.asked] == ["/rss"]
    list_ = pipeline.export_feeds(library)
    assert 'xmlUrl="http://gull.test/rss"' in list_ and list_.count("<outline") == 1 and "CANARY" not in list_
    assert b"CANARY" not in (tmp_path / "library.sqlite").read_bytes()
    assert len(list(Way(SETTINGS).pool.run(("opml", {"where": "x"}, list_.encode())))) == 1, "our own list is read again"


def test_a_feed_whose_entries_were_not_all_had_is_read_whole_again(library, world):
    import time

    late = replace(pipeline.open_web(library, SETTINGS), network=world.network(host_pause=30.0), ends=time.monotonic() + 1)
    first = pipeline.ingest(library, ["http://gull.test/rss"], SETTINGS, web=late)
    assert first.n_added == 1 and list(first.dropped["reason"].str.contains("the time for this ingest was over")) == [True]
    again = pipeline.ingest(library, ["http://gull.test/rss"], SETTINGS, web=replace(pipeline.open_web(library, SETTINGS), network=world.network()))
    assert (again.n_added, again.n_known) == (1, 1) and again.dropped.empty


def here_alone(host: str, port: int) -> list[str]:
    """The machine's own name service for its own names and numbers; one of the addresses reads as http://gull.test, which nobody may be asked for."""
    if host == "gull.test":
        raise socket.gaierror("no such name")
    return look_up(host, port)


def test_no_way_in_leads_inside(tmp_path):
    """Every forbidden address through every entry point: nothing arrives at the canary."""
    with Canary() as canary:
        network = Network(settings=WebSettings(connect_seconds=1, answer_seconds=1, host_pause=0), ports=frozenset({80, 443, canary.port}), look_up=here_alone)
        urls = [url % canary.port for url in FORBIDDEN]
        entries = "".join(f"<item><title>T</title><link>{url.replace('&', '&amp;').replace('<', '&lt;')}</link><enclosure url='http://127.0.0.1:{canary.port}/x' type='audio/mp3'/>"
                          "</item>" for url in urls)
        table = "title,url\n" + "".join(f'T{i},"{url}"\n' for i, url in enumerate(urls))
        pages_ = page(extra_head=f'<link rel="canonical" href="http://127.0.0.1:{canary.port}/"><meta http-equiv="refresh" content="0;url=http://127.0.0.1:{canary.port}/">'
                                 f'<base href="http://127.0.0.1:{canary.port}/">', extra_body=f'<img src="http://127.0.0.1:{canary.port}/x.png">')
        sources = [save(tmp_path / "links.txt", "".join(url + "\n" for url in urls if url.startswith("http"))), save(tmp_path / "a.csv", table),
                   save(tmp_path / "a.rss", f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'),
                   save(tmp_path / "a.opml", opml(*(url.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") for url in urls))), save(tmp_path / "a.html", pages_),
                   save(tmp_path / "a.zip", zipped(**{"links.txt": "".join(url + "\n" for url in urls if url.startswith("http"))})),
                   *(url for url in urls if url.startswith("http"))]
        added = 0
        for source in sources:
            try:
                added += len(read(source, Web(network))[0])
            except InputError:
                continue
        assert added == 1, "only the saved page, whose own links nobody follows"
        assert canary.visits == []


@pytest.mark.parametrize(("page", "written"), [
    ('<meta property="article:published_time" content="05/06/2017">', "05/06/2017"),
    ('<meta property="article:published_time" content="2017-06-05T10:00:00+02:00">', "2017-06-05T10:00:00+02:00"), ("", ""),
])
def test_a_date_is_kept_as_its_source_wrote_it_also_when_it_can_mean_two_days(tmp_path, page, written):
    body = "".join(f"<p>{text}</p>" for text in STORIES["ferry"][2])
    (tmp_path / "a.html").write_text(f"<html><head><title>Ferry</title>{page}</head><body><article>{body}</article></body></html>", encoding="utf8")
    article = read(tmp_path / "a.html")[0].iloc[0]
    assert (json.loads(article["given"])["published"] if article["given"] else "") == written
    assert pd.isna(article["published"]) == (written in ("", "05/06/2017"))
