"""Pictures are decoded in a process of their own.

A decoder that hangs, crashes or is taken over has neither our keys nor our memory, and ends with
its limits.
"""

import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.proofs.proofs import Flaw, ProofKind

PROGRAM: Final = Path(__file__).with_name("remaking.py")
READY: Final = b"ready\n"


@dataclass(frozen=True, slots=True)
class SeparatePictures:
    """The port ``Pictures``: one process for each picture.

    The memory limit holds for the whole address space of that process. The largest picture that
    may be decoded needs 350 MB.
    """

    time_limit_s: float = 10.0
    memory_limit_bytes: int = 450_000_000
    program: Path = PROGRAM

    def remade(self, content: bytes, kind: ProofKind) -> tuple[bytes, str] | Flaw:
        """What does not end within the limits is too complex.

        Raises Unavailable when the decoder does not even start: that is no fault of the picture.
        """
        said, has_ended = self._run(content, kind)
        if not said.startswith(READY):
            raise Unavailable(dependency="pictures")
        head, _, made = said.removeprefix(READY).partition(b"\n")
        if not has_ended or not head:
            return Flaw.TOO_COMPLEX
        answer = json.loads(head)
        return Flaw(answer["flaw"]) if "flaw" in answer else (made, str(answer["content_type"]))

    def _run(self, content: bytes, kind: ProofKind) -> tuple[bytes, bool]:
        """What the program has written, and whether it came to its own end."""
        limits = (str(self.memory_limit_bytes), str(math.ceil(self.time_limit_s)))
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-P", str(self.program), kind.value, *limits],
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": ":".join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=self.time_limit_s,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return late.stdout or b"", False
        return done.stdout, done.returncode == 0
