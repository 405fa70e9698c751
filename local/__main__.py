"""`python -m local`: start Doorstep on this machine with a demo carrier and print its addresses."""

import argparse
import errno
import gc
import io
import json
import logging
import math
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO
from urllib.parse import urlsplit

from chalicelib.settings import (
    SettingsError,
    require_geocoder,
    require_road_network,
    require_route_optimizer,
)
from local import environment

if TYPE_CHECKING:
    from local.clock import VirtualClock
    from local.stack import RunningStack

FASTEST: Final = 120.0
LAST_PORT: Final = 65_535
INTERRUPT_S: Final = 1.0
"""The longest that we wait after an interrupt that Python has dropped."""
STREETS: Final = {
    "TileUrl": "streets:/static/demo-streets.json",
    "TileAttribution": "© OpenStreetMap contributors",
}


class CannotStart(Exception):
    """Doorstep cannot start. The message tells the person at the terminal why."""


@dataclass(frozen=True)
class Opened:
    """The keys, addresses and demo that are ready to use."""

    keys: Mapping[str, str]
    tracking_links: Callable[[], list[str]]
    board: Callable[[], list[dict[str, Any]]]
    driver_link: str
    """Opens the driver's app, and signs in once."""
    run: Callable[[], object]
    """Starts the demo. It waits until now so that it does not slow down the start."""
    members: Mapping[str, str] = field(default_factory=dict)
    """The addresses that sign in to the console, by role. Their links lie in the inbox."""


@dataclass
class Console:
    """Reports the progress to a person, or to a program (`is_json`).

    All other output goes to stderr.
    """

    out: TextIO
    is_json: bool
    started_s: float

    def step(self, text: str) -> None:
        """Print one line for a step, with the seconds since the start."""
        line = f"  {self._paint('32', '✓')} {text:<62} {self._paint('2', self._elapsed())}"
        print(line, file=sys.stderr if self.is_json else self.out, flush=True)

    def ready(self, stack: "RunningStack", opened: Opened) -> None:
        if self.is_json:
            facts = {
                "base_url": stack.base_url,
                "keys": opened.keys,
                "tracking_links": opened.tracking_links(),
                "inbox_url": stack.inbox_url,
                "driver_link": opened.driver_link,
                "console_url": f"{stack.base_url}/console",
                "members": opened.members,
            }
            print(json.dumps(facts), file=self.out, flush=True)
            return
        self._show(stack, opened)

    def _show(self, stack: "RunningStack", opened: Opened) -> None:
        links = opened.tracking_links()[:3]
        lines = [
            "",
            f"  {self._paint('1', 'Doorstep is ready')} after {self._elapsed()}",
            "",
            *self._rows("start here", [f"{stack.base_url}/"]),
            *self._rows("follow a parcel", links),
            *self._rows("console", [f"{stack.base_url}/console"]),
            *self._rows("  sign in as", list(opened.members.values())),
            *self._rows("sent messages", [stack.inbox_url]),
            *self._rows("drive yourself", [opened.driver_link]),
            *self._rows("API reference", [f"{stack.base_url}/docs"]),
            *self._rows("health", [f"{stack.base_url}/health"]),
            "",
            *(f"  {f'{role} key':<18}{self._paint('2', key)}" for role, key in opened.keys.items()),
            "",
            *self._code(opened.driver_link),
            f"  {self._paint('2', 'Ctrl-C stops it; nothing is kept.')}",
            "",
        ]
        print("\n".join(lines), file=self.out, flush=True)

    def _rows(self, name: str, addresses: Sequence[str]) -> Iterator[str]:
        for index, address in enumerate(addresses):
            yield f"  {'' if index else name:<18}{self._paint('36', address)}"

    def _code(self, link: str) -> Sequence[str]:
        """A QR code of the driver's link. An address of this machine is reached by a cable only."""
        import segno  # noqa: PLC0415 - not for --json

        words = "The driver's app, for a phone:"
        if environment.is_on_this_machine(link):
            port = urlsplit(link).port
            cable = f"adb reverse tcp:{port} tcp:{port}"
            words = f"The driver's app, for an Android phone on a cable ({cable}):"
        drawn = io.StringIO()
        segno.make(link, micro=False).terminal(drawn, compact=True)
        return (f"  {words}", "", drawn.getvalue())

    def _elapsed(self) -> str:
        return f"{time.perf_counter() - self.started_s:.1f} s"

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.out.isatty() and not self.is_json else text


class WithoutMetrics(io.TextIOBase):
    """Passes on all output except the metrics, which are meant for CloudWatch."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_mute = False

    def mute(self) -> None:
        """Drop all later output, because failures while the stack stops do not matter."""
        self._is_mute = True

    def write(self, text: str) -> int:
        if not (self._is_mute or text.isspace() or text.startswith('{"_aws"')):
            self._out.write(text if text.endswith("\n") else f"{text}\n")
        return len(text)

    def flush(self) -> None:
        self._out.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until interrupted. The exit status is 0 then, and 1 when Doorstep cannot start."""
    options = _parsed(arguments)
    gc.disable()  # objects made by imports stay, and collecting takes a sixth of the start
    console = Console(sys.stdout, options.json, time.perf_counter())
    sys.stdout = printed = WithoutMetrics(sys.stderr)  # the console alone writes to the real one
    logging.basicConfig(format="  %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # moto closes connections
    interrupted: list[int] = []

    def interrupt(signal_number: int, _frame: object) -> NoReturn:
        interrupted.append(signal_number)
        raise KeyboardInterrupt

    for ending in (signal.SIGINT, signal.SIGTERM):  # also where a shell made us ignore Ctrl-C
        signal.signal(ending, interrupt)
    try:
        with _running(options, console):
            try:
                while not interrupted:  # Python drops an exception that is raised in a finalizer
                    threading.Event().wait(INTERRUPT_S)
            finally:
                printed.mute()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends it at once
        print("  stopped", file=sys.stderr)
    except CannotStart as exc:
        print(f"  {exc}", file=sys.stderr)
        return 1
    finally:
        sys.stdout = console.out
    return 0


@contextmanager
def _running(options: argparse.Namespace, console: Console) -> Iterator[None]:
    from local.clock import VirtualClock  # noqa: PLC0415 (not for --help)
    from local.pages import inbox_pages, start_pages  # noqa: PLC0415

    _require_local_endpoint(options.demo)
    _require_free_port(options.host, options.port)
    clock = VirtualClock(speed=options.speed)
    with ExitStack() as closing:
        stack = closing.enter_context(_stack(options, clock, console))
        opened = _demo(stack, closing, options, console)
        stack.pages.update(start_pages(stack.base_url, opened.keys, opened.board))
        stack.pages.update(inbox_pages(stack.inbox))
        console.ready(stack, opened)
        gc.freeze()
        gc.enable()
        stack.bridge.start()
        opened.run()
        yield


@contextmanager
def _stack(
    options: argparse.Namespace, clock: "VirtualClock", console: Console
) -> "Iterator[RunningStack]":
    from local.stack import running_stack  # noqa: PLC0415

    with running_stack(
        host=options.host,
        port=options.port,
        clock=clock,
        parameters={
            "RoadNetwork": options.road_network,
            "RouteOptimizer": options.route_optimizer,
            "Geocoder": options.geocoder,
            **(STREETS if options.demo == "helsinki" else {}),
        },
        log_level=options.log_level,
        in_background=False,  # events wait until we are ready, so the start is faster
        progress=console.step,
    ) as stack:
        yield stack


def _demo(
    stack: "RunningStack", closing: ExitStack, options: argparse.Namespace, console: Console
) -> Opened:
    from local.demo import carrier  # noqa: PLC0415

    if options.demo == "helsinki":
        from local.demo import helsinki, own_van, tomorrow  # noqa: PLC0415

        demo = helsinki.prepare(stack, seed=options.seed, progress=console.step)
        closing.callback(demo.stop)
        opened, links, board, run = demo.carrier, demo.tracking_links, demo.board, demo.run
        now = stack.clock.now()
        driver_link = own_van.invited(demo.world, demo.agenda, now, options.seed)
        tomorrow.waits(demo.world, now, options.seed)
        console.step(f"{tomorrow.WAITING} shipments wait for tomorrow's vans")
    else:
        opened, links, board, run = carrier.small(stack.api()), list, list, _do_nothing
        console.step("a carrier with one shop, a hub and a driver")
        driver_link = carrier.invitation_link(opened.dispatcher, opened.driver_ids[0])
    keys = {
        "admin": stack.admin_key,
        "dispatcher": opened.dispatcher.token or "",
        "shipper": opened.shops[0].api.token or "",
        "driver": carrier.signed_in(opened.dispatcher, opened.driver_ids[0]).token or "",
    }
    members: Mapping[str, str] = {}
    if _reaches_nobody(environment.foreign_endpoint()):
        members = carrier.invited(stack.api(), opened.shops[0].id)
    return Opened(keys, links, board, driver_link, run, members)


def _reaches_nobody(endpoint_url: str | None) -> bool:
    """Whether e-mails stay on this machine, so that invented people may be invited."""
    return not endpoint_url or environment.is_on_this_machine(endpoint_url)


def _do_nothing() -> None:
    """Stands in for the demo when there is none."""


def _require_local_endpoint(demo: str) -> None:
    """Refuse a real account, because the demo sends SMS to numbers that somebody may have."""
    endpoint_url = environment.foreign_endpoint()
    if demo != "none" and not _reaches_nobody(endpoint_url):
        msg = f"AWS_ENDPOINT_URL is {endpoint_url}: with anything but this machine use --demo none"
        raise CannotStart(msg)


def _require_free_port(host: str, port: int) -> None:
    """Fail now if the port is taken, rather than after seconds of preparations."""
    try:
        socket.create_server((host, port)).close()
    except OSError as exc:
        reason = "it is taken" if exc.errno == errno.EADDRINUSE else exc.strerror
        msg = f"cannot listen on {host} port {port} ({reason}): choose another one with --port"
        raise CannotStart(msg) from exc


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description="Doorstep on this machine, with moto for AWS and a demo carrier.",
        epilog="AWS_ENDPOINT_URL points it at another emulator instead of moto.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="0 takes a free one (%(default)s)")
    parser.add_argument(
        "--demo",
        choices=("none", "helsinki"),
        default="helsinki",
        help="what to show (%(default)s)",
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="virtual seconds in a real one (%(default)g)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the demo's chances (%(default)s)")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON line when ready; logs go to stderr"
    )
    parser.add_argument(
        "--road-network",
        type=_road_network,
        default="great_circle",
        help="who knows how long roads take, as osrm:http://127.0.0.1:5000 (%(default)s)",
    )
    parser.add_argument(
        "--route-optimizer",
        type=_route_optimizer,
        default="built_in",
        help="who suggests orders of stops, as vroom:http://127.0.0.1:3000 (%(default)s)",
    )
    parser.add_argument(
        "--geocoder",
        type=_geocoder,
        default="none",
        help="who searches for addresses, as photon:http://127.0.0.1:2322 (%(default)s)",
    )
    parser.add_argument(
        "--log-level",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        default="WARNING",
        help="of the application (%(default)s)",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= LAST_PORT:
        msg = f"must be from 0 to {LAST_PORT}"
        raise argparse.ArgumentTypeError(msg)
    return port


def _road_network(text: str) -> str:
    try:
        require_road_network(text)
    except SettingsError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    return text


def _route_optimizer(text: str) -> str:
    try:
        require_route_optimizer(text)
    except SettingsError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    return text


def _geocoder(text: str) -> str:
    try:
        require_geocoder(text)
    except SettingsError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    return text


def _speed(text: str) -> float:
    speed = float(text)
    if not (math.isfinite(speed) and 0 < speed <= FASTEST):
        msg = f"must be above 0 and at most {FASTEST:g}"
        raise argparse.ArgumentTypeError(msg)
    return speed


if __name__ == "__main__":
    sys.exit(main())
