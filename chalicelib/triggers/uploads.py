"""Behind the queue of uploaded files: notices in, the ids of the failed ones out."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.proofs.notices import read_notice
from chalicelib.observability import counted, logger
from chalicelib.triggers.failures import Failures, failures, park

NEEDED_S: Final = 15.0
"""No inspection is begun with less time left: a decoder may take ten seconds."""


def inspect_proof(
    batch: Mapping[str, Any],
    *,
    inspect: Callable[[str, str | None], None],
    time_left_s: Callable[[], float],
) -> Failures:
    """Inspect the files of a batch. Returns the ids of the notices that must come again."""
    failed: list[str] = []
    with counted():
        for record in batch["Records"]:
            message_id = record["messageId"]
            if time_left_s() < NEEDED_S:
                failed.append(message_id)
                continue
            try:
                inspect(*read_notice(record["body"]))
            except Invalid as exc:
                park("notice", message_id, exc)
                failed.append(message_id)
            except Exception:  # noqa: BLE001 - one file must not hold up the others
                logger.exception("inspection failed", extra={"message_id": message_id})
                failed.append(message_id)
    return failures(failed)
