from typing import Final

import pytest

from chalicelib.domain.shipments.statuses import (
    FINISHED,
    ON_THE_WAY,
    ExternalStatus,
    FailureReason,
    Status,
    external_status,
)

KNOWN_STATUSES: Final = {
    "InfoReceived",
    "InTransit",
    "OutForDelivery",
    "AttemptFail",
    "Delivered",
    "Exception",
}


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_name_outside(status: Status) -> None:
    for reason in [None, *FailureReason]:
        outside = external_status(status, reason)

        assert outside.status in KNOWN_STATUSES
        assert outside.sub_status.rpartition("_")[0] == outside.status


@pytest.mark.parametrize("status", set(Status) - {Status.ATTEMPT_FAILED})
def test_only_a_failed_attempt_is_told_by_its_reason(status: Status) -> None:
    names = {external_status(status, reason) for reason in [None, *FailureReason]}

    assert len(names) == 1


@pytest.mark.parametrize(
    ("reason", "sub_status"),
    [
        (FailureReason.NOT_HOME, "AttemptFail_002"),
        (FailureReason.BUSINESS_CLOSED, "AttemptFail_003"),
        (FailureReason.REFUSED, "Exception_003"),
        (FailureReason.WRONG_ADDRESS, "Exception_007"),
        (FailureReason.NO_ACCESS, "AttemptFail_001"),
        (FailureReason.DAMAGED, "Exception_012"),
        (FailureReason.LOST, "Exception_013"),
        (FailureReason.WRONG_ITEM, "Exception_001"),
        (FailureReason.NO_TIME, "Exception_016"),
        (FailureReason.VEHICLE, "Exception_005"),
        (FailureReason.WEATHER, "Exception_017"),
        (FailureReason.MISSING_REQUIRED_PROOF, "AttemptFail_001"),
    ],
)
def test_reasons_are_those_of_aftership(reason: FailureReason, sub_status: str) -> None:
    assert external_status(Status.ATTEMPT_FAILED, reason).sub_status == sub_status


def test_a_failed_attempt_without_a_reason_still_has_a_name() -> None:
    unknown = external_status(Status.ATTEMPT_FAILED)

    assert unknown == ExternalStatus("AttemptFail", "AttemptFail_001")


def test_nothing_is_finished_and_on_the_way_at_once() -> None:
    assert not FINISHED & ON_THE_WAY
