"""Notices of uploaded files: what EventBridge says of a new object in S3."""

import json

from chalicelib.domain.errors import Invalid


def notice_of(object_key: str, version_id: str | None = None) -> str:
    """A notice of this version of a file, or of the newest one, as far as it is read.

    >>> read_notice(notice_of("quarantine/shp_1/prf_2"))
    ('quarantine/shp_1/prf_2', None)
    """
    named = {"key": object_key} | ({"version-id": version_id} if version_id else {})
    return json.dumps({"detail-type": "Object Created", "detail": {"object": named}})


def read_notice(text: str) -> tuple[str, str | None]:
    """The key and the version that a notice is about. Raises Invalid for any other text."""
    try:
        found = json.loads(text)["detail"]["object"]
        key, version_id = found["key"], found.get("version-id")
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_notice") from exc
    if not isinstance(key, str) or not isinstance(version_id, str | None):
        raise Invalid(code="unknown_notice")
    return key, version_id
