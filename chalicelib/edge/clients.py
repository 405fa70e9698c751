"""Callers without a key: by what the same one is known again a moment later."""

from chalice.app import Request

from chalicelib.edge.repeats import key_of


def client_of(request: Request) -> str:
    """The Idempotency-Key where one was sent, else address and program.

    A phone that changes from Wi-Fi to a mobile network has another address: it sends a key. Raises
    Invalid for a key that is none.
    """
    key = key_of(request)
    if key is not None:
        return f"key|{key}"
    address = (request.context.get("identity") or {}).get("sourceIp", "")
    return f"{address}|{request.headers.get('user-agent', '')}"
