"""The webhooks of the document: one entry for each type of event that is told to shippers.

What an event tells is what its history line tells, as far as it may leave (`payloads.PUBLIC`).
"""

from typing import Any, Final, get_args

from chalicelib.api.schemas.events import EventOut, HistoryLine
from chalicelib.api.schemas.values import ExternalStatusOut
from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.shipments.payloads import PUBLIC
from chalicelib.domain.shipments.statuses import FailureReason, Status, external_status
from infra.reference.examples import Examples
from infra.reference.glossary import Glossary
from infra.reference.models import Json, ModelInMode, Models

LINES: Final[tuple[type[HistoryLine], ...]] = get_args(get_args(EventOut)[0])
ALWAYS: Final = ("shipment_id", "shipper_id", "sequence", "external_status")
MODELS: Final[list[ModelInMode]] = [
    *((line, "serialization") for line in LINES),
    (ExternalStatusOut, "serialization"),
]
HEADERS: Final = {
    "webhook-id": ("The event's id. It stays the same when the event is sent again.", "evt_…"),
    "webhook-timestamp": ("When it was sent, in seconds since 1970.", "1764231300"),
    "webhook-signature": (
        "`v1,` and the signature in base64; several are separated by blanks.",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
}


def line_of(event_type: EventType) -> type[HistoryLine]:
    """The model of a type's line of history."""
    return next(
        line for line in LINES if event_type in get_args(line.model_fields["type"].annotation)
    )


def told() -> list[EventType]:
    """The types of events that shippers are told of, in the order of a delivery."""
    return [event_type for event_type in EventType if event_type not in INTERNAL]


def message_name(event_type: EventType) -> str:
    """The name of the schema of a message."""
    return f"{line_of(event_type).__name__.removesuffix('Out')}Message"


def messages(models: Models, glossary: Glossary) -> dict[str, Json]:
    """The schemas of all messages by name."""
    found: dict[str, Json] = {}
    for event_type in told():
        name = message_name(event_type)
        if name in found:
            found[name]["properties"]["type"]["enum"].append(event_type.value)
        else:
            found[name] = _message(event_type, models, glossary)
    return found


def webhooks(examples: Examples, schemas: dict[str, Json], glossary: Glossary) -> dict[str, Any]:
    """An entry for each type of event."""
    return {
        event_type.value: {"post": _entry(event_type, examples, schemas, glossary)}
        for event_type in told()
    }


def _message(event_type: EventType, models: Models, glossary: Glossary) -> Json:
    line = line_of(event_type)
    facts = models.named(models.schema(line, "serialization")["properties"]["data"])
    external = models.reference(ExternalStatusOut, "serialization")
    always: Json = {
        "shipment_id": {"type": "string"},
        "shipper_id": {"type": "string"},
        "sequence": {"type": "integer"},
        "external_status": {"anyOf": [external, {"type": "null"}]},
    }
    for name, field in always.items():
        word = glossary.word("", name)
        field["description"] = word.means if word else ""
    public = {name: each for name, each in facts["properties"].items() if name in PUBLIC}
    return {
        "type": "object",
        "description": f"{(line.__doc__ or '').strip()} More fields may come: ignore unknown ones.",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "enum": [event_type.value], "description": "The type."},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened.",
            },
            "data": {
                "type": "object",
                "description": "Ids, status and what this type of event tells.",
                "required": list(ALWAYS),
                "properties": {**always, **public},
            },
        },
    }


def _entry(
    event_type: EventType, examples: Examples, schemas: dict[str, Json], glossary: Glossary
) -> Json:
    name = message_name(event_type)
    word = glossary.event(event_type)
    example = examples.of(schemas[name], model=name)
    example["type"] = event_type.value
    _at_status(example["data"], Status(str(word.example)))
    reference = {"$ref": f"#/components/schemas/{name}"}
    return {
        "operationId": f"on_{event_type.value.replace('.', '_')}",
        "summary": event_type.value,
        "description": word.means,
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            {
                "name": header,
                "in": "header",
                "required": True,
                "description": means,
                "schema": {"type": "string"},
                "example": example_value,
            }
            for header, (means, example_value) in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": reference, "example": example}},
        },
        "responses": {
            "2XX": {"description": "You have it. Answer within 15 s."},
            "410": {"description": "You want no more: the endpoint is switched off."},
            "default": {
                "description": "Anything else, also a redirect: it is sent again, ten times in all."
            },
        },
    }


def _at_status(data: Json, status: Status) -> None:
    """Let an example tell of this status, and a reason only where there is one."""
    reason = FailureReason(data["reason"]) if status is Status.ATTEMPT_FAILED else None
    if reason is None:
        data.pop("reason", None)
    found = external_status(status, reason)
    data["status"] = status.value
    data["external_status"] = {"status": found.status, "sub_status": found.sub_status}
