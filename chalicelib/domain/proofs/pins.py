"""PINs: a recipient says six digits at the door, and so proves to be the one who has the link.

Nothing is stored but the guesses, and those as tags that only our key makes. A PIN belongs to a
link: with a new link there is a new PIN, and new tries.
"""

import re
from enum import StrEnum
from typing import Final

PIN_DIGITS: Final = 6
MAX_PIN_TRIES: Final = 5
"""Different PINs that may be tried for one link: five of a million."""

_FORM: Final = re.compile(r"[0-9]{6}")


class Tried(StrEnum):
    """What was tried: a PIN at the door, or the address before a proof is shown."""

    PIN = "pins"
    ADDRESS = "proofs"


class PinCheck(StrEnum):
    """What a PIN proves: it was right, or it could not be confirmed any more.

    The latter is a wrong PIN in a report that came long after the visit: the parcel is gone.
    """

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


def typed_pin(text: str) -> str | None:
    """The digits of a PIN as people write it down; None when it has not six of them.

    >>> typed_pin("482 913")
    '482913'
    """
    digits = re.sub(r"[\s.-]", "", text)
    return digits if _FORM.fullmatch(digits) else None
