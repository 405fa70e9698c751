"""The light check before a proof is shown: whoever has the link also knows where the door is.

The answer is the postal code or the number of the house. It keeps a photo of a hall from those to
whom a link was forwarded; it does not keep out a neighbour. There are five tries for a link, and a
new link has new ones.
"""

import re
import unicodedata
from typing import Final

from chalicelib.domain.shipments.addresses import Address

MOST_TRIES: Final = 5
_NUMBER: Final = re.compile(r"(?<!\w)\d+(?:\s?[a-z](?!\w))?")


def answers(address: Address) -> frozenset[str]:
    """All answers that are right, as ``answered`` writes them; none where nothing can be asked."""
    found = {answered(address.postal_code)} if address.postal_code else set()
    for line in address.lines:
        for number in _NUMBER.findall(_plain(line)):
            found |= {answered(number), re.match(r"\d+", number)[0]}  # type: ignore[index]
    return frozenset(filter(None, found))


def answered(guess: str) -> str:
    """A guess without blanks, dashes and capital letters, in any script's digits.

    >>> answered("SW1A 1aa"), answered(" 12 B ")
    ('sw1a1aa', '12b')
    """
    return re.sub(r"[\W_]", "", _plain(guess))


def is_right(guess: str, address: Address) -> bool:
    """Whether the guess is the postal code or a number of the house."""
    return answered(guess) in answers(address)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(str(unicodedata.digit(c, c)) if c.isdigit() else c for c in plain)
