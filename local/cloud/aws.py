"""moto as AWS: one server on a free loopback port of this process, or in process without one."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION
from local.cloud.shortcuts import shortcuts

POLL_S: Final = 0.05  # how soon a shutdown is noticed

_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


at_rest: Final = threading.Lock()
"""Held while moto answers a request. Whoever changes its memory from another thread takes it."""


class OneAtATime:
    """Lets one request at a time into moto: its transactions are not atomic between threads."""

    def __init__(self, application: _Wsgi) -> None:
        self._application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        with at_rest:
            return list(self._application(environ, start_response))


@contextmanager
def moto_server() -> Iterator[str]:
    """Run an empty AWS and yield its address. It forgets everything at the end."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it writes a line for every request

    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 (1 s: not for --help)
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    _forget()
    server = make_server(
        "127.0.0.1",
        0,
        OneAtATime(DomainDispatcherApplication(create_backend_app)),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), name="moto", daemon=True)
    thread.start()
    try:
        with shortcuts():
            yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        _forget()


@contextmanager
def moto_in_process() -> Iterator[None]:
    """Run an empty AWS that only this process reaches. boto3's requests never become HTTP.

    It is several times as fast as the server. Callers must send one request at a time.
    """
    from moto import mock_aws  # noqa: PLC0415 (half a second: not for --help)

    with mock_aws(), shortcuts():
        yield


def taken_messages() -> tuple[list[tuple[str, tuple[str, str]]], list[Any]]:
    """Take the messages out of moto: texts as (id, (phone, text)), and mails; each oldest first."""
    from moto.ses.models import ses_backends  # noqa: PLC0415 (half a second: not for --help)
    from moto.sns.models import sns_backends  # noqa: PLC0415

    texts = sns_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].sms_messages
    mails = ses_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].sent_messages
    with at_rest:
        taken = list(texts.items()), list(mails)
        texts.clear()
        mails.clear()
    return taken


def _forget() -> None:
    from moto.core.base_backend import BackendDict  # noqa: PLC0415
    from moto.core.model_instances import reset_model_data  # noqa: PLC0415

    BackendDict.reset()
    reset_model_data()
