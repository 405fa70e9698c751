"""Quick replies: short answers that take one tap. Each reader sees them in their own language."""

from enum import StrEnum
from typing import Final


class QuickReply(StrEnum):
    """All quick replies. Their names are part of the public API."""

    ON_MY_WAY = "on_my_way"
    FIVE_MINUTES = "five_minutes"
    AT_THE_DOOR = "at_the_door"
    CANNOT_FIND_ENTRANCE = "cannot_find_entrance"
    PLEASE_COME_DOWN = "please_come_down"
    AT_HOME = "at_home"
    COMING_TO_THE_DOOR = "coming_to_the_door"
    RING_THE_BELL = "ring_the_bell"
    KNOCK_DO_NOT_RING = "knock_do_not_ring"
    OKAY = "okay"
    THANK_YOU = "thank_you"


OF_DRIVER: Final = (
    QuickReply.ON_MY_WAY,
    QuickReply.FIVE_MINUTES,
    QuickReply.AT_THE_DOOR,
    QuickReply.CANNOT_FIND_ENTRANCE,
    QuickReply.PLEASE_COME_DOWN,
    QuickReply.OKAY,
    QuickReply.THANK_YOU,
)
"""What a driver can tap, in this order."""

OF_RECIPIENT: Final = (
    QuickReply.AT_HOME,
    QuickReply.COMING_TO_THE_DOOR,
    QuickReply.RING_THE_BELL,
    QuickReply.KNOCK_DO_NOT_RING,
    QuickReply.OKAY,
    QuickReply.THANK_YOU,
)
"""What a recipient can tap, in this order."""

AFTER_DELIVERY: Final = (QuickReply.OKAY, QuickReply.THANK_YOU)
"""What is left of it once the parcel is delivered: nobody comes to the door any more."""

AFTER_AN_ATTEMPT: Final = (QuickReply.AT_HOME, *AFTER_DELIVERY)
"""What is left of it after an attempt that failed: the driver may still be near."""
