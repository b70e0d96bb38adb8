import pandas as pd
import pytest

from analysis.corpus.outlets import index_outlets, name_outlet, name_outlets, read_outlets
from analysis.schema import InputError

HEADER = "outlet,aliases,domains,country,kind,source\n"


@pytest.fixture
def outlets(tmp_path):
    path = tmp_path / "outlets.csv"
    path.write_text(HEADER + "The Gull,Gull;Evening Gull,gull.example;gull.co.test,Nowhere,private,made up\nNA,,na.example,,unknown,made up\n", encoding="utf8")
    return read_outlets(path)


@pytest.mark.parametrize(("given", "name"), [
    ("The Gull", "The Gull"), ("GULL", "The Gull"), ("the evening gull", "The Gull"), ("gull.example", "The Gull"),
    ("https://www.gull.example/a?b=c", "The Gull"), ("http://live.news.gull.co.test:8080/x", "The Gull"), ("//gull.example", "The Gull"),
    ("https://notgull.example/", ""), ("https://gull.example.evil.test/", ""), ("co.test", ""), ("https://user:gull.example@other.test/", ""),
    ("", ""), ("The", ""), ("http://[broken", ""), ("NA", "NA"), ("Seagull", ""),
])
def test_names_aliases_and_addresses_lead_to_one_outlet(outlets, given, name):
    assert name_outlet(given, index_outlets(outlets)) == name


def test_the_given_outlet_counts_before_the_address_and_the_input_stays(outlets):
    articles = pd.DataFrame({"outlet": ["gull", "Tern", ""], "url": ["", "https://gull.example/1", "https://gull.example/2"]})
    before = articles.copy()
    assert list(name_outlets(articles, outlets)["outlet"]) == ["The Gull", "Tern", "The Gull"]
    pd.testing.assert_frame_equal(articles, before)


@pytest.mark.parametrize(("rows", "fault"), [
    ("The Gull,,a.example,,owned,x\n", "kind"),
    ("Gull,,a.example,,private,x\nTern,gull,b.example,,private,x\n", "Gull and for Tern"),
    ("", "any outlet"),
])
def test_a_faulty_list_is_refused_with_the_place(tmp_path, rows, fault):
    path = tmp_path / "outlets.csv"
    path.write_text(HEADER + rows, encoding="utf8")
    with pytest.raises(InputError, match=fault):
        read_outlets(path)


def test_a_missing_list_and_a_missing_column_are_input_errors(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_outlets(tmp_path / "none.csv")
    (tmp_path / "short.csv").write_text("outlet,aliases\nGull,\n", encoding="utf8")
    with pytest.raises(InputError, match="domains"):
        read_outlets(tmp_path / "short.csv")
