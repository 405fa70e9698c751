"""The whole stack as a library: Doorstep runs inside `with running_stack() as stack:`.

It starts, in this order: an AWS, its environment variables, its resources, a port, the
application's wiring, the event bridge, the server. Modules that import boto3 are imported only when
the environment is right.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION, Stack
from local import environment
from local.client import Api, Line
from local.clock import VirtualClock
from local.cloud.files import files_dated_by
from local.cloud.forgetting import forgetter
from local.cloud.queues import delays_on
from local.inbox import Inbox

if TYPE_CHECKING:
    import boto3
    from chalice.app import Chalice

    from local.cloud.bridge import Bridge
    from local.cloud.resources import Provisioned
    from local.server import Page

STAGE: Final = "local"


Progress = Callable[[str], object]


@dataclass
class RunningStack:
    """A running Doorstep. `admin_key` opens everything else over HTTP."""

    base_url: str
    admin_key: str
    clock: VirtualClock
    bridge: "Bridge"
    inbox: Inbox
    session: "boto3.Session"
    provisioned: "Provisioned"
    pages: "dict[str, Callable[[], Page]]"
    """Extra pages by path, which come before the application's. You may add some at any time."""
    _line: Line

    @property
    def inbox_url(self) -> str:
        return f"{self.base_url}/inbox"

    def api(self, token: str | None = None) -> Api:
        """A client of the public API with a key or token (None: the admin's key)."""
        return Api(self.base_url, token or self.admin_key, self._line)

    def settle(self, timeout_s: float = 30.0) -> None:
        """Wait until every event has reached its last function. Raises TimeoutError."""
        self.bridge.settle(timeout_s)


@contextmanager
def running_stack(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: VirtualClock | None = None,
    parameters: Mapping[str, str] | None = None,
    log_level: str = "WARNING",
    app: "Chalice | None" = None,
    in_background: bool = True,
    in_process: bool = False,
    progress: Progress | None = None,
) -> Iterator[RunningStack]:
    """Start everything, yield it, stop everything.

    `port` 0 takes a free port. `parameters` are parameters of the template, for example `TileUrl`.
    Without `in_background`, asynchronous work waits for `settle` and runs in the caller's thread.
    With `in_process`, AWS has no address: it is faster, but uploads by presigned forms do not work.
    An `app` other than Doorstep's gets no wiring and no admin key.
    """
    clock = clock or VirtualClock(speed=1.0)
    progress = progress or _say_nothing
    with ExitStack() as closing:
        closing.enter_context(environment.changed({"POWERTOOLS_LOG_LEVEL": log_level}))
        endpoint_url = environment.foreign_endpoint() or _moto(closing, in_process=in_process)
        if not environment.foreign_endpoint():
            closing.enter_context(delays_on(clock))
            closing.enter_context(files_dated_by(clock))
        aws = _aws(closing, endpoint_url, {"LogLevel": log_level, **(parameters or {})}, progress)

        from local.cloud.bridge import bridge  # noqa: PLC0415 (boto3: only now is the environment right)
        from local.server import RunningServer  # noqa: PLC0415

        served = app or _doorstep()
        server = RunningServer(served, host, port)
        closing.callback(server.stop)
        base_url = f"http://{_reachable(host)}:{server.port}"
        closing.enter_context(environment.changed(_settings(aws.provisioned, base_url)))
        admin_key = "" if app else _wired(closing, clock)
        inbox = Inbox(clock.now, is_blind=aws.is_foreign)
        peeks = in_process and not aws.is_foreign
        events = bridge(served, aws.provisioned, aws.session, clock, peeks=peeks)
        events.after_delivery.append(inbox.collect)
        if not aws.is_foreign:
            events.after_delivery.append(forgetter(clock.now))
        closing.callback(events.stop)
        if in_background:
            events.start()
        pages: dict[str, Callable[[], Page]] = {}
        server.http.pages, server.http.after_write = pages, events.after_request
        server.start()
        line = Line(base_url)
        closing.callback(line.close)
        progress("application, event bridge and HTTP server")
        yield RunningStack(
            base_url=base_url,
            admin_key=admin_key,
            clock=clock,
            bridge=events,
            inbox=inbox,
            session=aws.session,
            provisioned=aws.provisioned,
            pages=pages,
            _line=line,
        )


@dataclass(frozen=True)
class _Aws:
    session: "boto3.Session"
    provisioned: "Provisioned"
    is_foreign: bool


def _aws(
    closing: ExitStack, endpoint_url: str | None, parameters: Mapping[str, str], progress: Progress
) -> _Aws:
    """An AWS with the resources of the template, and the environment variables for it."""
    foreign = environment.foreign_endpoint()
    variables = environment.for_endpoint(endpoint_url, is_ours=not foreign)
    closing.enter_context(environment.changed(variables))
    progress(f"the AWS at {endpoint_url}" if foreign else "moto, which plays AWS")

    import boto3  # noqa: PLC0415 (only now is the environment right)

    from local.cloud.resources import provision  # noqa: PLC0415

    session = boto3.Session()
    stack = Stack(
        STAGE,
        account_id=_account_id(session) if foreign else LOCAL_ACCOUNT_ID,
        region=session.region_name or LOCAL_REGION,
        parameters=parameters,
    )
    provisioned = provision(stack, session)
    progress("tables, queues, topic and bucket of infra/resources.yaml")
    return _Aws(session, provisioned, is_foreign=bool(foreign))


def _settings(provisioned: "Provisioned", base_url: str) -> dict[str, str]:
    """The application's environment variables, as the template sets them for the functions."""
    return provisioned.stack.environment() | {"PUBLIC_BASE_URL": base_url}


def _say_nothing(step: str) -> None:
    del step


def _moto(closing: ExitStack, *, in_process: bool) -> str | None:
    from local.cloud.aws import moto_in_process, moto_server  # noqa: PLC0415 (a second: not for --help)

    return closing.enter_context(moto_in_process() if in_process else moto_server())


def _account_id(session: "boto3.Session") -> str:
    account_id: str = session.client("sts").get_caller_identity()["Account"]
    return account_id


def _doorstep() -> "Chalice":
    from app import app  # noqa: PLC0415 (imports boto3)

    return app


def _wired(closing: ExitStack, clock: VirtualClock) -> str:
    """Wire the application again with our clock, and return the text of a first admin key."""
    from chalicelib.adapters.aws import forget_clients  # noqa: PLC0415
    from chalicelib.adapters.dynamodb.item import forget_client  # noqa: PLC0415
    from chalicelib.bootstrap import container as bootstrap  # noqa: PLC0415
    from chalicelib.domain.actors import OPERATOR, Role  # noqa: PLC0415

    for forget in (forget_clients, forget_client):
        forget()
        closing.callback(forget)
    bootstrap.configure(clock=clock, allow_local_webhooks=True)
    closing.callback(bootstrap.configure)
    return bootstrap.container().issue_keys(Role.ADMIN, label="laptop", actor=OPERATOR).text


def _reachable(host: str) -> str:
    """The server's host name for a browser on this machine."""
    return "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104 (compared, not bound)
