"""The page routes on a real local server: every state of a page is one line of a test away.

Journeys through the whole of Doorstep are tested elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import app
from chalicelib.edge import middleware
from chalicelib.pages import reference
from chalicelib.pages.tracking import sharing
from chalicelib.pages.tracking import views as tracking_routes
from local.server import Page, RunningServer
from tests.support.stage import Stage

PHOTO = """<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
<rect width="640" height="480" fill="#8a9a7b"/><path d="M200 480V200h240v280z" fill="#5b4636"/>
<path d="M250 480v-90h140v90z" fill="#c9a26b"/></svg>"""


@contextmanager
def serving(stage: Stage) -> Iterator[Stage]:
    """The page routes on a free port of this machine."""
    server = RunningServer(app, "127.0.0.1", 0)
    server.http.pages = {"/photo": lambda: Page(PHOTO.encode(), "image/svg+xml")}
    stage.base_url = f"http://127.0.0.1:{server.port}"
    with pytest.MonkeyPatch.context() as patch:
        for module in (tracking_routes, sharing, reference, middleware):
            patch.setattr(module, "container", lambda: stage)
        server.start()
        try:
            yield stage
        finally:
            server.stop()
