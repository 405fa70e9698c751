"""ETAs as they were published with a batch of fixes, or with a departure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.eta.estimates import Eta


@dataclass(frozen=True, slots=True)
class PublishedEtas:
    """ETAs by stop number that could be read since ``at``, our time.

    ``as_of`` is the time of the news they rest on.
    """

    at: datetime
    etas: Mapping[int, Eta]
    as_of: datetime
