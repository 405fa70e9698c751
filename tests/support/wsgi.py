"""The application as WSGI, in process: for tools that send requests of their own."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalGatewayException

from chalicelib.edge.problems import PROBLEM, problem_response
from local.server import REFUSALS, LocalGateway

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
CONFIG: Final = Config.create(lambda_timeout=29, lambda_memory_size=512)


def wsgi(app: Chalice) -> Wsgi:
    """The application behind Chalice's own gateway, with our corrections."""
    gateway = LocalGateway(app, CONFIG)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status, headers, body = _answer(gateway, environ)
        length = {"Content-Length": str(len(body))}
        start_response(f"{status} {HTTPStatus(status).name}", list({**headers, **length}.items()))
        return [body]

    return application


def _answer(gateway: LocalGateway, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    method = environ["REQUEST_METHOD"]
    try:
        answer = gateway.handle_request(method, _target(environ), _headers(environ), sent)
    except LocalGatewayException:  # there is no such path
        code, detail = REFUSALS[HTTPStatus.NOT_FOUND]
        body = str(problem_response(HTTPStatus.NOT_FOUND, code, detail).body)
        return HTTPStatus.NOT_FOUND, {"Content-Type": PROBLEM}, body.encode()
    several = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
    body = answer["body"] or ""
    return answer["statusCode"], {**answer["headers"], **several}, body.encode()


def _target(environ: dict[str, Any]) -> str:
    """The path as it was sent: WSGI hands it over decoded."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/")
    return f"{path}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else path


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    found = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    media = environ.get("CONTENT_TYPE")
    return found | ({"content-type": media} if media else {})
