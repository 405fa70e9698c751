"""Records what VROOM itself answers to the questions of the contract test.

    python -m tests.contract.optimizers.record path/to/vroom

`path/to/vroom` is the program of VROOM, as the package pyvroom on PyPI has it: it takes the same
JSON as vroom-express does over HTTP. The answers go into vroom.json beside this file.
"""

import json
import subprocess
import sys
from pathlib import Path

from chalicelib.adapters.optimizers.vroom import question
from tests.contract.optimizers.optimizers import QUESTIONS


def main() -> None:
    (program,) = sys.argv[1:]
    conversations = {}
    for title, problem in QUESTIONS.items():
        asked = question(problem)
        told = subprocess.run(
            [program], input=json.dumps(asked), capture_output=True, text=True, check=True
        )
        answer = json.loads(told.stdout)
        answer["summary"].pop("computing_times")
        conversations[title] = {"question": asked, "answer": answer}
    path = Path(__file__).with_name("vroom.json")
    recorded = {"by": "VROOM 1.15.0", "conversations": conversations}
    path.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
