"""`python -m local.replay`: replay recorded bus trips and print the accuracy of the ETAs."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from local import environment
from local.replay.recordings import DataMissing, Trip, load, usual_folder

DATA_MISSING: Final = 2
PROGRESS_STEPS: Final = 20
MOST_COMPARED: Final = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay and report. The exit status is 0, 1 when answers were wrong, 2 without the data."""
    options = _parsed(arguments)
    if environment.foreign_endpoint():
        print("  AWS_ENDPOINT_URL is set: a replay plays AWS itself, unset it", file=sys.stderr)
        return 1
    try:
        trips = load(
            options.data, trips=options.trips, seed=options.seed, max_stops=options.max_stops
        )
    except DataMissing as exc:
        print(f"  {exc}; --data names the folder with the recordings", file=sys.stderr)
        return DATA_MISSING
    if not trips:
        print(f"  {options.data} holds no trip of the scored days", file=sys.stderr)
        return DATA_MISSING
    with _undisturbed():
        figures = replayed(
            trips, seed=options.seed, speed=options.speed, compare=options.compare, say=_say
        )
    from local.replay import table  # noqa: PLC0415 (boto3, by way of the figures: not for --help)

    print("\n".join(table.lines(figures)))
    if options.json:
        text = json.dumps(figures, indent=1, ensure_ascii=False)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    return 1 if figures["contradictions"] else 0


def replayed(
    trips: Sequence[Trip],
    *,
    seed: int,
    speed: float = 0.0,
    compare: int | None = None,
    say: Callable[[str], object],
) -> dict[str, Any]:
    """Play the trips on a new stack and return the figures.

    The first `compare` trips are compared with the last ones. None means up to 50, at most half.
    """
    half = len(trips) // 2
    compare = min(half, MOST_COMPARED if compare is None else compare)
    from local.clock import VirtualClock  # noqa: PLC0415
    from local.stack import running_stack  # noqa: PLC0415

    clock = VirtualClock(trips[0].started_at - timedelta(hours=1))
    started_s = time.perf_counter()
    unlimited = {"KeyRequestsPerMinute": "1000000"}  # the clock stands still for whole trips
    with running_stack(
        clock=clock, parameters=unlimited, in_background=False, in_process=True
    ) as stack:
        from local.replay import figures, player, world  # noqa: PLC0415 (boto3)

        with world.opened(stack, trips, seed=seed) as opened:
            runs = [opened.run(number, trip) for number, trip in enumerate(trips)]
            player.play(runs, speed=speed, on_deed=_progress(say))
            found = figures.figures(opened, runs, stack.inbox.letters(), compare=compare)
    return found | {"seed": seed, "spent_s": round(time.perf_counter() - started_s, 1)}


def _progress(say: Callable[[str], object]) -> Callable[[Any, float], object]:
    """A function that reports the progress, some twenty times in all."""
    told = 0

    def tell(deed: Any, share: float) -> None:
        nonlocal told
        if int(share * PROGRESS_STEPS) > told:
            told = int(share * PROGRESS_STEPS)
            say(f"{share:4.0%}  {deed.at:%Y-%m-%d %H:%M} UTC")

    return tell


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the application's metrics out of stdout, which is for the table."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.replay",
        description="Replays recorded bus trips through the public API, and measures what it told.",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=usual_folder(),
        help="folder with pings.csv.gz and virtual_stops.csv.gz (default: austin_bus/public in "
        "$DOORSTEP_DATA, else beside the project in ../shared/data)",
    )
    parser.add_argument("--trips", type=_count, default=20, help="how many (%(default)s)")
    parser.add_argument(
        "--max-stops", type=_count, default=40, help="of a trip at most (%(default)s)"
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=0.0,
        help="virtual seconds in a real one at most; 0: as many as can be (%(default)g)",
    )
    parser.add_argument(
        "--compare",
        type=_count,
        metavar="N",
        help=f"set the first N trips against the last N ({MOST_COMPARED}; half of all at most)",
    )
    parser.add_argument("--seed", type=int, default=1, help="chooses the trips (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        msg = "must be at least 1"
        raise argparse.ArgumentTypeError(msg)
    return count


if __name__ == "__main__":
    sys.exit(main())
