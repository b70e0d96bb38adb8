"""Parts of a page that are the same for everybody: built once, then shown to every later visitor as they are.

Building a table of links out of data frames takes a hundred times as long as sending it. Thirty pupils on one event ask for the same
parts again and again; so each part is built for the first of them and lies on the shelf for the rest.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any

import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data

CARRIED = ("layers", "measure", "blind", "size")  # what our links carry along from the reader's own state, and so what a part may depend on
_pieces: ContextVar[list[Markup] | None] = ContextVar("pieces", default=None)


def show_html(html: Markup) -> None:
    """Show markup; within a part that is being built, remember it instead."""
    pieces = _pieces.get()
    if pieces is None:
        st.html(html)
    else:
        pieces.append(html)


def building() -> bool:
    """Say whether a part is being built that others will see too."""
    return _pieces.get() is not None


def carried() -> tuple[Hashable, ...]:
    """Return the reader's own state that stands in every link."""
    return tuple(tuple(value) if isinstance(value := st.session_state.get(key), list) else value for key in CARRIED)


def once(build: Callable[..., Any]) -> Callable[..., Any]:
    """Build a part of a page once for all sessions; from then on show what it showed and return what it returned.

    For functions (comparison, lanes, …) whose further arguments are plain and hashable, which hold no widget and read nothing of the
    session but what CARRIED names: whatever else a part depends on must be an argument, or one reader would see another's. `widgets.asked`
    and `widgets.target` refuse to answer while a part is built.
    """

    @functools.wraps(build)
    def shown(chosen: Comparison, lanes: Any, *given: Hashable) -> Any:
        if building():
            return build(chosen, lanes, *given)

        def make() -> tuple[Any, tuple[Markup, ...]]:
            pieces: list[Markup] = []
            token = _pieces.set(pieces)
            try:
                returned = build(chosen, lanes, *given)
            finally:
                _pieces.reset(token)
            return returned, tuple(pieces)

        key = (data.name_of(chosen), f"{build.__module__}.{build.__qualname__}", carried(), *given)
        returned, pieces = data.keep(key, make)
        for piece in pieces:
            st.html(piece)
        return returned

    return shown
