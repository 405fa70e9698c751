"""The files of cases: where they are, and what each case says."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

FILES: Final = ("field.json", "field-1.json")


@dataclass(frozen=True)
class Case:
    """One case: its id, its kind, and all that its file says of it."""

    id: str
    kind: str
    said: dict[str, Any]

    @property
    def run(self) -> str:
        """How it is run; cases of the first file have no word for it."""
        given = self.said.get("run")
        return str(given) if given else "fault"

    @property
    def awaits(self) -> str | None:
        """The feature that it waits for, as its file says."""
        feature = self.said.get("feature")
        return str(feature) if feature else None


def folder() -> Path:
    """The folder of the cases: `DOORSTEP_CASES`, else beside the project."""
    named = os.environ.get("DOORSTEP_CASES")
    return Path(named) if named else Path(__file__).parents[3] / "shared" / "cases"


def cases() -> list[Case]:
    """All cases, or none where the files are absent."""
    files = [folder() / name for name in FILES]
    return [
        Case(said["id"], said["kind"], said)
        for file in files
        if file.is_file()
        for said in json.loads(file.read_text())
    ]


def instant(text: str, now: datetime) -> datetime:
    """A time as cases write it: `now`, `now-90s`, `now-12min`, `now-7168d`, or RFC 3339."""
    if not text.startswith("now"):
        return datetime.fromisoformat(text)
    shift = text.removeprefix("now")
    if not shift:
        return now
    units = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    number = shift.rstrip("smindhw")
    return now + timedelta(**{units[shift.removeprefix(number)]: float(number)})
