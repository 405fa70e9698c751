"""`python -m bench`: measure the budgets of the design as ratios within one run, and write JSON."""

import argparse
import json
from pathlib import Path

from bench import cold_start, cost, eta, headlines, hot_path, optimizer
from bench.figures import table

BENCHMARKS = {
    "hot-path": hot_path.measure,
    "cold-start": cold_start.measure,
    "eta": eta.measure,
    "cost": cost.measure,
    "headlines": headlines.measure,
    "optimizer": optimizer.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*BENCHMARKS, []], help="default: all")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where to")
    asked = parser.parse_args()
    figures = {name: BENCHMARKS[name]() for name in asked.only or BENCHMARKS}
    for name, rows in figures.items():
        if rows:
            print(table(name, rows))
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"written to {asked.json}")


if __name__ == "__main__":
    main()
