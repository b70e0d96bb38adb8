"""The dashboard in process, on a made-up library: fixtures of every test that opens its pages."""

import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import analysis

APP = str(Path(__file__).resolve().parent / "sample_app.py")
SECTIONS = ("Headlines", "Claims", "Wording", "Sentiment", "Emphasis", "Voices", "Read", "Lesson")


def forget_the_pages():
    """Unload the dashboard, so that the next test meets its own library."""
    for name in [name for name in sys.modules if name.split(".")[0] == "dashboard"]:
        del sys.modules[name]
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def give_back_the_pipeline():
    """Leave no made-up pipeline behind for other tests."""
    kept = sys.modules.get("analysis.pipeline")
    yield
    forget_the_pages()
    if kept is None:
        sys.modules.pop("analysis.pipeline", None)
        vars(analysis).pop("pipeline", None)
    else:
        sys.modules["analysis.pipeline"] = analysis.pipeline = kept


@pytest.fixture
def open_app(monkeypatch, give_back_the_pipeline):
    """Return a function that opens the app on one of the made-up libraries at an address."""

    def opened(kind="", **address):
        monkeypatch.setenv("PARALLAX_SAMPLE", kind)
        if getattr(sys.modules.get("analysis.pipeline"), "KIND", None) != kind:
            forget_the_pages()
        app = AppTest.from_file(APP, default_timeout=60)
        for key, value in address.items():
            app.query_params[key] = value
        return app.run()

    return opened


def shown(app):
    """Return the HTML of the page, without its style sheet."""
    return "".join(element.proto.body for element in app.get("html") if not element.proto.body.startswith("<style>"))
