"""A guide below docs/ as a program: its commands, and as much of a shell as they need."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tests.support.carrier import Carrier, Reply

DOCS: Final = Path(__file__).parents[2] / "docs"
BASE: Final = "https://api.example"
ASSIGNED: Final = re.compile(r"(\w+)=\$\((.*) \| jq -r ([\w.\[\]]+)\)", re.DOTALL)


def commands(page: str, section: str) -> Iterator[str]:
    """The commands of a section of the page, each with the lines that belong to it."""
    text = (DOCS / page).read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from re.split(r"\n(?=\w+=|curl |sleep )", block.strip())


@dataclass
class Shell:
    """As much of a shell as the pages need. `replies` are the answers to its calls."""

    carrier: Carrier
    values: dict[str, str] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)

    def run(self, command: str) -> None:
        self.carrier.clock.advance(timedelta(seconds=1))
        assigned = ASSIGNED.fullmatch(command)
        if assigned is not None:
            name, call, query = assigned.groups()
            self.values[name] = str(_picked(self._curl(call).json, query))
        elif not command.startswith("sleep "):
            self._curl(command)

    def _curl(self, command: str) -> Reply:
        tool, *arguments = shlex.split(self._expanded(command))
        assert tool == "curl"
        headers: dict[str, str] = {}
        body = url = None
        left = iter(arguments)
        for argument in left:
            if argument == "-H":
                name, _, value = next(left).partition(": ")
                headers[name] = value
            elif argument == "-d":
                body = next(left).encode()
            elif argument != "-s":
                url = argument
        assert url is not None
        method, path = "GET" if body is None else "POST", url.removeprefix(BASE)
        reply = self.carrier.call(method, path, body, headers=headers)
        assert reply.status in {200, 201}, (command, reply.body)
        self.replies.append(reply)
        return reply

    def _expanded(self, command: str) -> str:
        now = self.carrier.clock.now()
        known = {"$(now)": f"{now:%Y-%m-%dT%H:%M:%SZ}", "$(today)": f"{now:%Y-%m-%d}"}
        known |= {f"${name}": value for name, value in self.values.items()}
        for name in sorted(known, key=len, reverse=True):
            command = command.replace(name, known[name])
        assert "$" not in command
        return command.replace("\\\n", " ")  # a line that goes on


def _picked(value: Any, query: str) -> Any:
    for step in re.findall(r"\w+", query):
        value = value[int(step)] if step.isdigit() else value[step]
    return value
