"""A driver's phone as the app of the project is one: what was done waits in a queue.

Everything goes into the queue first, with an id of its own and the phone's time, and leaves it in
that order: fixes in batches, a report, then its pictures. Where there is no network it stays.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import takewhile
from typing import Any, Final

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import written
from local.client import Api, Refused, upload

MOST_FIXES: Final = 200
PHOTO_TYPE: Final = "image/jpeg"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that proves something of a shipment, with when and where it was taken."""

    shipment_id: str
    content: bytes
    taken_at: datetime
    place: Coordinates


@dataclass(frozen=True, slots=True)
class Report:
    """What the driver did: the path of the API, what is said, and the pictures of it."""

    path: str
    body: dict[str, Any]
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One fix as the phone sends it."""

    body: dict[str, Any]


@dataclass
class Phone:
    """The phone of one driver. ``now`` is its clock, ``new_id`` gives names to what it did."""

    app: Api
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    has_network: bool = True
    _queue: deque[Report | Place] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """How much has not been sent yet."""
        return len(self._queue)

    def locate(self, fix: dict[str, Any]) -> None:
        """Note where the van is."""
        self._queue.append(Place(fix))

    def report(self, path: str, at: datetime, photos: Sequence[Photo] = (), **said: Any) -> None:
        """Note what the driver has done."""
        body = {"action_id": self.new_id(), "occurred_at": written(at), **said}
        self._queue.append(Report(path, body, tuple(photos)))

    def send(self) -> None:
        """Send all that waits, if there is a network. Raises Refused, and OSError for no answer.

        A report that the state of the shipment forbids is dropped: a person with this driver's key
        has been faster.
        """
        while self.has_network and self._queue:
            first = self._queue[0]
            if isinstance(first, Place):
                self._send_places()
                continue
            forms = [self._allowed(photo) for photo in first.photos]
            proofs = {"proof_ids": [form["proof_id"] for form in forms]} if forms else {}
            try:
                self._post(first.path, {**first.body, **proofs, "sent_at": written(self.now())})
            except Refused as exc:
                if exc.status != HTTPStatus.CONFLICT:
                    raise
                logger.info("%s was refused: %s", first.path, exc.problem)
            self._queue.popleft()
            for photo, form in zip(first.photos, forms, strict=True):
                upload(form["url"], form["fields"], photo.content, PHOTO_TYPE)

    def _send_places(self) -> None:
        batch = list(takewhile(lambda each: isinstance(each, Place), self._queue))[:MOST_FIXES]
        fixes = [each.body for each in batch if isinstance(each, Place)]
        self._post("positions", {"sent_at": written(self.now()), "fixes": fixes})
        for _ in batch:
            self._queue.popleft()

    def _allowed(self, photo: Photo) -> dict[str, Any]:
        """A place for a picture. No report waits for the picture itself."""
        return self._post(
            "proofs",
            {
                "shipment_id": photo.shipment_id,
                "kind": "photo",
                "content_type": PHOTO_TYPE,
                "size_bytes": len(photo.content),
                "captured_at": written(photo.taken_at),
                "place": {"lat_deg": photo.place.lat_deg, "lon_deg": photo.place.lon_deg},
            },
        )

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.app.post(f"/v1/driver/{path}", body)
        return answer
