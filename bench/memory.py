"""`python bench/memory.py`: the memory of the demo while its vans drive, minute by minute.

It starts `python -m local` as a process of its own at a speed, and reads the size of that process.
Two hours at speed 30 are sixty hours of deliveries; `--minutes` makes it shorter.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
STATUS: Final = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def main() -> int:
    """Print a line for each step, then the growth after the first half."""
    parser = argparse.ArgumentParser(prog="python bench/memory.py", description=__doc__)
    parser.add_argument("--speed", type=float, default=30.0, help="virtual seconds in a real one")
    parser.add_argument("--minutes", type=float, default=120.0, help="how long, in real time")
    parser.add_argument("--every-s", type=float, default=60.0, help="between two lines")
    options = parser.parse_args()
    command = [sys.executable, "-m", "local", "--json", "--port", "0"]
    with subprocess.Popen(
        [*command, "--speed", str(options.speed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            sizes_mb = _watch(process, options)
        finally:
            process.send_signal(signal.SIGINT)
    later = sizes_mb[len(sizes_mb) // 2 :]
    summary = {"first_mb": sizes_mb[0], "largest_mb": max(sizes_mb), "last_mb": sizes_mb[-1]}
    print(json.dumps({**summary, "second_half_grew_mb": later[-1] - later[0]}))
    return 0


def _watch(process: "subprocess.Popen[str]", options: argparse.Namespace) -> list[int]:
    if process.stdout is not None:
        process.stdout.readline()  # ready
    began_s, sizes_mb = time.monotonic(), []
    print("  real   virtual    MB")
    while process.poll() is None:
        passed_s = time.monotonic() - began_s
        sizes_mb.append(size_mb(process.pid))
        hours = passed_s * options.speed / 3600
        print(f"{passed_s / 60:4.0f} min  {hours:5.1f} h  {sizes_mb[-1]:5d}", flush=True)
        if passed_s >= options.minutes * 60:
            break
        time.sleep(options.every_s)
    return sizes_mb


def size_mb(pid: int) -> int:
    """The resident memory of a process (Linux)."""
    found = STATUS.search(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return 0 if found is None else int(found[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
