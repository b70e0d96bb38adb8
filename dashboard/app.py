"""The dashboard’s pages: what every visit runs; `server.py` serves it."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

# Streamlit puts this file's folder on the import path, not the project's root, where `analysis` and `dashboard` live.
if (root := str(Path(__file__).resolve().parent.parent)) not in sys.path:
    sys.path.insert(0, root)

from analysis.schema import ParallaxError
from dashboard import controls, login, marks, widgets
from dashboard.style import CSS
from dashboard.views import add, event, method, outlets, overview


def show_home() -> None:
    """Show the event the address names, or else the overview."""
    event.show() if widgets.asked("event") else overview.show()


# A file of our own: a named icon would be fetched from a foreign host.
st.set_page_config(page_title="Parallax", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide")
st.html(CSS)
page = st.navigation(
    position="hidden",
    pages=[
        st.Page(
            show_home,
            title="Overview",
            icon=":material/list_alt:",
            url_path="overview",
            default=True,
            help="All events and storylines of the library: search, filter, open one.",
        ),
        st.Page(
            add.show,
            title="Add articles",
            icon=":material/add:",
            url_path="add",
            help="Pasted text, links and feeds, files: looked at before they are added, with a report of what was refused and why.",
        ),
        st.Page(
            outlets.show,
            title="Outlets",
            icon=":material/newspaper:",
            url_path="outlets",
            help="How an outlet differs from the others over many shared events, and what cannot be told.",
        ),
        st.Page(
            method.show,
            title="Method",
            icon=":material/straighten:",
            url_path="method",
            help="What each number means, what it does not say, and how this tool fails.",
        ),
    ],
)
try:
    login.gate()
    controls.show("" if widgets.asked("event") and page.title == "Overview" else page.title)
    page.run()
except ParallaxError as error:
    widgets.say_error(error)
st.html(marks.footer())
