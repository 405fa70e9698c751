"""The AWS calls of each function, and whether its policy allows them.

The emulator allows everything. So we note the calls that botocore sends, with the function that
makes them, and compare them with the policies in `.chalice/`.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import FrameType
from typing import Any, Final
from urllib.parse import urlsplit

from botocore import handlers

from infra.template import Stack

CHALICE: Final = Path(__file__).parents[2] / ".chalice"
POLICIES: Final = {
    "publish_events": "policy-publish-events.json",
    "learn_travel_times": "policy-learn-travel-times.json",
    "expire_shipments": "policy-expire-shipments.json",
    "sweep_fleet": "policy-sweep-fleet.json",
    "notify_recipient": "policy-notify-recipient.json",
    "deliver_webhook": "policy-deliver-webhook.json",
    "import_shipments": "policy-import-shipments.json",
    "inspect_proof": "policy-inspect-proof.json",
    "sweep_proofs": "policy-sweep-proofs.json",
    "seal_evidence": "policy-seal-evidence.json",
    "sweep_evidence": "policy-sweep-evidence.json",
    "count_metrics": "policy-count-metrics.json",
    "api_handler": "policy-api.json",
}
USE_CASE: Final = re.compile(
    r"chalicelib/services/\w+/"
    r"(publish_events|expire_shipments|learn_travel_times|sweep_fleet|notify_recipient|deliver_webhook"
    r"|import_shipments|inspect_proof|sweep_proofs|seal_evidence|sweep_evidence|count_metrics|hear_text"
    r"|send_letter)"
)
FUNCTIONS: Final = {"hear_text": "notify_recipient", "send_letter": "notify_recipient"}
"""The function of a use case, where it has another name."""
SERVES_HTTP: Final = ("api", "edge", "pages")
WAITING: Final = "chalicelib/adapters/webhooks/deadlines.py"
TRANSACTED: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@dataclass(frozen=True, order=True)
class Call:
    """One needed right: function, action and resource. `key` is a DynamoDB partition key."""

    function: str
    action: str
    resource: str
    key: str = ""


@dataclass
class Recorder:
    """Notes every AWS call of the application's own code."""

    stack: Stack
    calls: set[Call] = field(default_factory=set)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to all clients that are made inside the block."""
        entry = ("before-call", self._note)
        handlers.BUILTIN_HANDLERS.append(entry)
        try:
            yield
        finally:
            handlers.BUILTIN_HANDLERS.remove(entry)

    def _note(self, *, model: Any, params: Mapping[str, Any], **_: object) -> None:
        if function := _caller():
            service = model.service_model.service_name
            for action, resource, key in self._needed(service, model.name, params):
                self.calls.add(Call(function, action, resource, key))

    def _needed(
        self, service: str, operation: str, params: Mapping[str, Any]
    ) -> Iterator[tuple[str, str, str]]:
        if service == "dynamodb":
            for action, asked in _items(operation, json.loads(params["body"])):
                yield f"dynamodb:{action}", self._table(asked), _partition_key(asked)
        elif service == "s3":
            for action, path in _objects(operation, params):
                yield f"s3:{action}", f"arn:aws:s3:::{path}", ""
        elif service == "sns":
            sent = params["body"]
            yield "sns:Publish", sent.get("TopicArn", sent.get("PhoneNumber")), ""
        elif service == "ses":
            here = f"{self.stack.region}:{self.stack.account_id}"
            sender = params["body"]["Source"]
            yield f"ses:{operation}", f"arn:aws:ses:{here}:identity/{sender}", ""
        elif service in {"geo-places", "geo-routes"}:
            here = f"arn:aws:{service}:{self.stack.region}"
            yield f"{service}:{operation}", f"{here}::provider/default", ""
        elif service == "kms":  # rights are on keys, whatever alias is used
            yield f"kms:{operation}", self.stack.resource("EvidenceKey").arn, ""
        elif service == "sqs":
            here = f"{self.stack.region}:{self.stack.account_id}"
            queue = json.loads(params["body"])["QueueUrl"].rpartition("/")[2]
            yield f"{service}:{operation}", f"arn:aws:sqs:{here}:{queue}", ""
        else:
            yield f"{service}:{operation}", "?", ""

    def _table(self, asked: Mapping[str, Any]) -> str:
        here = f"{self.stack.region}:{self.stack.account_id}"
        index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
        return f"arn:aws:dynamodb:{here}:table/{asked['TableName']}{index}"


def statements(function: str, stack: Stack) -> list[dict[str, Any]]:
    """The statements of a function's policy, with the names of this stack."""
    policy = json.loads((CHALICE / POLICIES[function]).read_text("utf-8"))
    said: list[dict[str, Any]] = stack.resolve(policy)["Statement"]
    return said


def allows(statement: Mapping[str, Any], call: Call) -> bool:
    if call.action not in statement["Action"]:
        return False
    if "NotResource" in statement:
        return not any(fnmatchcase(call.resource, each) for each in statement["NotResource"])
    match statement.get("Condition"):
        case {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": patterns}}:
            if not any(fnmatchcase(call.key, each) for each in patterns):
                return False
        case {"StringEquals": {"ses:FromAddress": sender}}:
            if not call.resource.endswith(f"/{sender}"):
                return False
        case None:
            pass
        case unknown:
            message = f"no rule for {unknown}"
            raise NotImplementedError(message)
    return any(fnmatchcase(call.resource, each) for each in statement["Resource"])


def _caller() -> str | None:
    """The function that this thread works for, found by the files on its stack.

    A thread that waits for a call works for the function of the thread that started it.
    """
    mine = _files(sys._getframe())
    stacks = [mine]
    if any(path.endswith(WAITING) for path in mine):
        stacks += map(_files, sys._current_frames().values())
    is_ours = False
    for path in (path for stack in stacks for path in stack):
        if found := USE_CASE.search(path):
            return FUNCTIONS.get(found[1], found[1])
        is_ours = is_ours or any(f"/chalicelib/{name}/" in path for name in SERVES_HTTP)
    return "api_handler" if is_ours else None


def _files(frame: FrameType | None) -> list[str]:
    """The files on a stack, innermost first."""
    files = []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    return files


def _objects(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The rights that an operation of S3 needs, each with bucket and key."""
    path = urlsplit(params["url"]).path[1:]
    version = "Version" if "versionId" in params["query_string"] else ""
    match operation:
        case "ListObjectsV2":
            yield "ListBucket", path
        case "HeadObject":
            yield f"GetObject{version}", path
        case "GetObject" | "DeleteObject":
            yield operation + version, path
        case "CopyObject":
            source, _, of_version = params["headers"]["x-amz-copy-source"].partition("?")
            yield f"GetObject{'Version' if of_version else ''}", source
            yield "PutObject", path
        case _:
            yield operation, path


def _items(operation: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "TransactItems" in body:
        for each in body["TransactItems"]:
            ((kind, asked),) = each.items()
            yield TRANSACTED[kind], asked
    elif "RequestItems" in body:
        for table, asked in body["RequestItems"].items():
            if operation == "BatchWriteItem":
                for put in asked:
                    yield operation, {"TableName": table, "Item": put["PutRequest"]["Item"]}
                continue
            for keys in asked["Keys"]:
                yield operation, {"TableName": table, "Key": keys}
    else:
        yield operation, body


def _partition_key(asked: Mapping[str, Any]) -> str:
    known = asked.get("Key") or asked.get("Item") or {}
    for name in ("shipment_id", "route_id", "driver_id", "account_id", "key", "page", "owner_id"):
        if name in known:
            return str(known[name]["S"])
    values = asked.get("ExpressionAttributeValues", {})
    return str(values.get(":0", {}).get("S", ""))
