"""The made-up library behind the real server's headers: what the browser tests open."""

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from dashboard.server import MIDDLEWARE  # noqa: E402 - the path has to be set first

app = st.App(HERE / "sample_app.py", middleware=MIDDLEWARE)
