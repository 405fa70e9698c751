"""English."""

from typing import Final

from chalicelib.domain.notices.wordings.language import Kind, Language, Wording
from chalicelib.domain.shipments.statuses import FailureReason as Reason

ENGLISH: Final = Language(
    next_stop="you are next",
    one_stop="1 stop before you",
    stops="{stops} stops before you",
    minutes="about {minutes} min",
    soon="any moment now",
    link="Follow your parcel",
    rate="Rate this delivery",
    settings="Choose or stop messages",
    try_again="We plan to try again.",
    ask_sender="Please contact the sender.",
    wordings={
        Kind.OUT_FOR_DELIVERY: Wording(
            "Your parcel arrives {when}",
            (
                "Your parcel is out for delivery and arrives {when}.",
                "Your parcel arrives {when}.",
                "Arriving {when}.",
            ),
        ),
        Kind.ARRIVING: Wording(
            "Your parcel is almost there",
            ("Your parcel is almost there: {near}.", "{near}.", "Almost there."),
        ),
        Kind.DELAYED: Wording(
            "Your parcel is delayed: {when}",
            ("Your parcel is delayed. New time: {when}.", "Delayed: {when}."),
        ),
        Kind.BACK_ON_TIME: Wording(
            "Your parcel is on time again",
            ("Your parcel is on time again: {when}.", "On time again: {when}.", "On time: {when}."),
        ),
        Kind.SILENT: Wording(
            "Your parcel is late: no news of the van",
            (
                (
                    "Your parcel is later than we told you."
                    " We have not heard from the van since {heard}."
                ),
                "Late. No news of the van since {heard}.",
                "Late.",
            ),
        ),
        Kind.HEARD_AGAIN: Wording(
            "News of your parcel: {when}",
            (
                "We hear from the van again. New time for your parcel: {when}.",
                "We hear from the van again: {when}.",
                "New time: {when}.",
            ),
        ),
        Kind.NEW_TIME: Wording(
            "New time for your parcel: {when}",
            ("There is a new time for your parcel: {when}.", "New time: {when}."),
        ),
        Kind.EARLIER: Wording(
            "Your parcel comes earlier: {when}",
            (
                "Your parcel comes earlier than we told you: {when}.",
                "Your parcel comes earlier: {when}.",
                "Earlier: {when}.",
            ),
        ),
        Kind.PUT_OFF: Wording(
            "Your parcel comes later than planned",
            (
                "Your parcel does not come with this van. We tell you the new time.",
                "Not with this van. A new time follows.",
                "Later: a new time follows.",
            ),
        ),
        Kind.DELIVERED: Wording(
            "Your parcel has been delivered", ("Your parcel has been delivered.", "Delivered.")
        ),
        Kind.FAILED: Wording(
            "We could not deliver your parcel",
            (
                "We could not deliver your parcel: {reason}. {next}",
                "Not delivered: {reason}. {next}",
                "Not delivered: {reason}.",
                "Not delivered.",
            ),
        ),
        Kind.CANCELLED: Wording(
            "Your delivery was cancelled",
            (
                "The delivery of your parcel was cancelled.",
                "Delivery cancelled.",
            ),
        ),
        Kind.RESCHEDULED: Wording(
            "New time for your parcel: {when}",
            (
                "Your parcel comes at another time: {when}.",
                "New time: {when}.",
            ),
        ),
        Kind.RETURNING: Wording(
            "Your parcel goes back to the sender",
            (
                "Your parcel was not delivered and goes back to the sender.",
                "Your parcel goes back to the sender.",
                "It goes back to the sender.",
            ),
        ),
        Kind.CORRECTED: Wording(
            "Your parcel is not delivered yet",
            (
                "Our last message was a mistake: your parcel is not delivered yet.",
                "Our mistake: not delivered yet.",
                "Not delivered yet.",
            ),
        ),
        Kind.MESSAGE: Wording(
            "You have a message about your parcel",
            (
                "You have a message about your parcel. Read and answer it here:",
                "New message about your parcel:",
                "New message:",
            ),
        ),
    },
    reasons={
        Reason.NOT_HOME: "nobody was there",
        Reason.BUSINESS_CLOSED: "the business was closed",
        Reason.REFUSED: "it was refused",
        Reason.WRONG_ADDRESS: "the address was not right",
        Reason.NO_ACCESS: "we could not get to the door",
        Reason.DAMAGED: "it was damaged",
        Reason.LOST: "we cannot find it",
        Reason.WRONG_ITEM: "it was the wrong item",
        Reason.NO_TIME: "we ran out of time",
        Reason.VEHICLE: "our vehicle broke down",
        Reason.WEATHER: "the weather did not allow it",
        Reason.MISSING_REQUIRED_PROOF: "a required proof was missing",
        Reason.OTHER: "it was not possible",
    },
)
