"""The ready strings of a tracking page: the template prints them, ``/state`` carries them.

Nothing here decides anything: presentation.py fills these in.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Headline:
    """The one-line answer: ``main`` is set large, ``lead`` stands before it and may be empty.

    ``size`` says how large ``main`` may be to stay on one line: large, medium or small. Words may
    wrap, and so may days, which are longer and smaller.
    """

    lead: str
    main: str
    size: str

    @property
    def text(self) -> str:
        """Both as one sentence."""
        return f"{self.lead} {self.main}".strip()


@dataclass(frozen=True, slots=True)
class Seen:
    """How old the position is. ``forms`` are the same sentence for other ages, in s, min and h."""

    text: str
    age_s: int
    forms: dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A change since we last told something."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story; ``moment`` is ``at`` in words.

    ``current`` is "step" (a value of aria-current) for the newest line, else None.
    """

    label: str
    detail: str | None
    at: datetime
    moment: str
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A proof that can be shown: its id and what stands in for the picture."""

    id: str
    alt: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How the attempt ended: evidence of a delivery, or what comes next after a failure.

    ``facts`` say when and where the photo was taken.
    """

    title: str
    text: str | None
    note: str | None
    pictures: tuple[Picture, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingWords:
    """What was given, and until when it can be changed. ``given`` is None before."""

    title: str
    given: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class WishesWords:
    """What is to happen at the door, and until when or why not it can be changed."""

    lines: tuple[str, ...]
    until: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """One shipment of the visit: its sender and how it is."""

    sender: str
    status: str


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """The shipments that share the visit, this one first."""

    title: str
    lines: tuple[CompanyLine, ...]


@dataclass(frozen=True, slots=True)
class PinWords:
    """The recipient's PIN in groups that are easily read out, and what to do with it."""

    digits: str
    text: str


@dataclass(frozen=True, slots=True)
class MapWords:
    """Whether there is a map, and all that it says as text."""

    is_shown: bool
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The page in words.

    ``tone`` is one of waiting, moving, late, here, done, problem; ``progress`` counts from 0 to 4.
    ``story`` is in the order of the page, newest line first; ``has_earlier`` says that there is
    more of it than these. ``has_time``: there is a time to come that a calendar can enter.
    """

    lang: str
    tone: str
    progress: int
    has_road: bool
    has_time: bool
    status: str
    headline: Headline
    title: str
    details: tuple[str, ...]
    nearness: tuple[str, ...]
    seen: Seen | None
    change: Change | None
    story: tuple[Line, ...]
    has_earlier: bool
    ending: Ending | None
    rating: RatingWords | None
    wishes: WishesWords | None
    map: MapWords
    pin: PinWords | None
    company: CompanyWords | None
    announcement: str
