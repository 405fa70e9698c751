"""Contacts on pages: whoever can be asked, as something to tap on."""

import re
from dataclasses import dataclass
from typing import Final

_PHONE: Final = re.compile(r"\+?[0-9 ()./-]{5,}")


@dataclass(frozen=True, slots=True)
class OperatorContact:
    """The carrier's name and contact, as far as the operator has set them; ``link`` as below."""

    name: str | None
    contact: str | None

    @property
    def link(self) -> str | None:
        """To tap on."""
        return contact_link(self.contact)


def contact_link(contact: str | None) -> str | None:
    """The link of a support contact: mail, phone or a web page; None when it is only words.

    >>> contact_link("+358 40 123 4567")
    'tel:+358401234567'
    """
    if contact is None:
        return None
    if _PHONE.fullmatch(contact):
        return "tel:" + re.sub(r"[^+0-9]", "", contact)
    if "@" in contact and " " not in contact and ":" not in contact:
        return f"mailto:{contact}"
    return contact if contact.startswith("https://") else None
