"""The entry: `streamlit run app.py` (or `python app.py`) serves the app.

The script that draws the pages is sslviz/ui/shell.py. It does not stand here beside pages/, or Streamlit would take
that folder for its older kind of multipage app and open a deep link without the shell.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sslviz.ui.classroom.serving import lifespan, routes
from sslviz.ui.first_look.serving import FirstLook
from sslviz.ui.guard import Guard
from sslviz.ui.held_ahead import ROUTE
from sslviz.ui.held_files import HeldFiles
from sslviz.ui.held_scripts import HeldScripts
from sslviz.ui.startup import apologise


def look(request: Request) -> Response:
    """A look at a run that goes on. What it takes is imported with the first page."""
    from sslviz.ui.frame.looks import answer

    return answer(request)


def moving(request: Request) -> Response:
    """What of a page moves with its run."""
    from sslviz.ui.frame.looks import cards

    return cards(request)


LOOKS = [
    Route(f"{base}{path}", answer)
    for base in ("", "/{base:path}")  # below a path of its own, too
    for path, answer in (("/looks/{number}", look), ("/moves/{number}/{name}", moving))
]

app = st.App(
    Path(__file__).parent / "sslviz" / "ui" / "shell.py",
    lifespan=lifespan,
    routes=[ROUTE, *LOOKS, *routes()],
    middleware=[Middleware(Guard), Middleware(FirstLook), Middleware(HeldScripts), Middleware(HeldFiles)],
    on_script_error=apologise,
)

if __name__ == "__main__":
    app.run()
