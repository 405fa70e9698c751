"""Several "Lambdas" at once, one step at a time: a schedule picks the next one at every AWS call.

moto is not atomic between threads, so only one of them runs. The others wait before their next
call. The same choices give the same run.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient

PATIENCE_S = 60.0


@dataclass
class Interleaving:
    """`choices` pick the next of the waiting works, by name. After the last choice, the first."""

    choices: Sequence[int]
    trace: list[tuple[str, str]] = field(default_factory=list)
    """The works that went on, each with its next call."""
    _waiting: dict[str, str] = field(default_factory=dict)
    _turn: str | None = None
    _live: int = 0
    _baton: threading.Condition = field(default_factory=threading.Condition)
    _own: threading.local = field(default_factory=threading.local)

    @contextmanager
    def on(self, *clients: BaseClient) -> Iterator["Interleaving"]:
        """Stop every call of these clients while the block runs."""
        own = {id(client): client for client in clients}.values()
        for client in own:
            client.meta.events.register_first("before-send", self._pause_at)
        try:
            yield self
        finally:
            for client in own:
                client.meta.events.unregister("before-send", self._pause_at)

    def run(self, **works: Callable[[], Any]) -> dict[str, Any]:
        """Run the works. Returns the result or the exception of each, by name."""
        results: dict[str, Any] = {}
        threads = [
            threading.Thread(target=self._work, args=(name, work, results), daemon=True)
            for name, work in works.items()
        ]
        self._live = len(threads)
        for thread in threads:
            thread.start()
        self._conduct()
        for thread in threads:
            thread.join(PATIENCE_S)
        return results

    def _conduct(self) -> None:
        choices = iter(self.choices)
        with self._baton:
            while self._live:
                is_ready = self._baton.wait_for(self._all_wait, PATIENCE_S)
                assert is_ready, f"nobody moves: {self.trace}"
                if not self._live:
                    return
                names = sorted(self._waiting)
                self._turn = names[next(choices, 0) % len(names)]
                self.trace.append((self._turn, self._waiting.pop(self._turn)))
                self._baton.notify_all()

    def _all_wait(self) -> bool:
        return self._turn is None and len(self._waiting) == self._live

    def _work(self, name: str, work: Callable[[], Any], results: dict[str, Any]) -> None:
        self._own.name = name
        self._pause("start")
        try:
            results[name] = work()
        except Exception as exc:  # noqa: BLE001 - it is the result
            results[name] = exc
        with self._baton:
            self._live -= 1
            self._turn = None
            self._baton.notify_all()

    def _pause_at(self, event_name: str, **_: Any) -> None:
        self._pause(event_name.rpartition(".")[2])

    def _pause(self, step: str) -> None:
        name = getattr(self._own, "name", None)
        if name is None:  # a call of the test itself
            return
        with self._baton:
            self._waiting[name], self._turn = step, None
            self._baton.notify_all()
            self._baton.wait_for(lambda: self._turn == name, PATIENCE_S)
