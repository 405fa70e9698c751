"""Behind the queue of files to import: notices in, the ids of the failed ones out."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.errors import Invalid
from chalicelib.domain.proofs.notices import read_notice
from chalicelib.observability import counted, logger
from chalicelib.services.ports.imports import BatchCreator, RowReader
from chalicelib.triggers.failures import Failures, failures, park


def import_shipments(
    batch: Mapping[str, Any],
    *,
    go_on: Callable[..., None],
    read: RowReader,
    create: BatchCreator,
    time_left_s: Callable[[], float],
) -> Failures:
    """Go on with the imports of a batch. Returns the ids of the notices that must come again."""
    failed: list[str] = []
    with counted():
        for record in batch["Records"]:
            message_id = record["messageId"]
            try:
                key, version = read_notice(record["body"])
                go_on(key, version, read=read, create=create, time_left_s=time_left_s)
            except Invalid as exc:
                park("notice", message_id, exc)
                failed.append(message_id)
            except Exception:  # noqa: BLE001 - the next try goes on where this one stopped
                logger.exception("import broke off", extra={"message_id": message_id})
                failed.append(message_id)
    return failures(failed)
