"""The catalogue has a sentence for every word of the domain that the pages say."""

from chalicelib.catalogues import locale_of
from chalicelib.domain.driving.screening import Reason
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.notices.kinds import SIZES, SUBJECT, Kind
from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.tracking.tracking import SHOWN_ELSEWHERE

CORRECTED = {Reason.WEEK_ROLLOVER}


def test_every_word_of_the_domain_has_a_sentence() -> None:
    wanted = (
        {f"status.{status}" for status in Status}
        | {f"reason.{reason}" for reason in FailureReason}
        | {f"notice.reason.{reason}" for reason in FailureReason}
        | {f"quick.{reply}" for reply in QuickReply}
        | {f"event.{kind}" for kind in EventType if kind not in INTERNAL | SHOWN_ELSEWHERE}
        | {f"driver.fixes.{reason}" for reason in set(Reason) - CORRECTED}
        | {f"notice.{kind}.{part}" for kind in Kind for part in (SUBJECT, SIZES[0])}
    )

    assert wanted <= locale_of("en").phrases.keys()
