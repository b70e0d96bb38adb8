"""What stands above every page: the ways to the pages, blind reading, and the size of text for a projector.

All of it lies in the address, so that a link opens the same view on another screen.
"""

from __future__ import annotations

import streamlit as st

from dashboard import data, login, marks, style, widgets

PAGES = {"Overview": "", "Add articles": "add", "Outlets": "outlets", "Method": "method"}
CHANGES = frozenset({"Add articles"})  # pages that are of no use where the library is only shown
OF_NO_WIDGET = ("sentence", "cell", "actor", "pick", "word", "claim", "theme", "at")
"""Parameters that may carry an outlet's word or an article's id: switching blind reading forgets them."""


def _forget() -> None:
    """Take what names an article or an outlet out of the address; parameters of widgets leave with their widget."""
    for name in OF_NO_WIDGET:
        if name in st.query_params:
            del st.query_params[name]


def show(current: str) -> None:
    """Show the bar above the page.

    Args:
        current: title of the page that is open, '' on an event.
    """
    only_shown = data.read_only()
    pages = [(title, widgets.link(page)) for title, page in PAGES.items() if not (only_shown and title in CHANGES)]
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(marks.navigation(current, pages), width="content")
        st.toggle(
            "Hide the outlets",
            key="blind",
            bind="query-params",
            on_change=_forget,
            help="Letters instead of names on every page, in every download and in the address. Read and guess first, then switch it off.",
        )
        sizes = list(widgets.SIZES)
        st.segmented_control(
            "Text size", sizes, default=sizes[0], required=True, key="size", bind="query-params", label_visibility="collapsed", width="content"
        )
        login.show_leave()
    if only_shown:
        widgets.nothing("This library is read-only here: everything can be read, compared and downloaded, nothing added or changed.")
    if (factor := widgets.text_size()) != 1:
        st.html(style.enlarged(factor))
