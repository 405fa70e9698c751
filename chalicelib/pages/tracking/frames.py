"""What the smaller pages behind a recipient's link share: their frame, language and refusal."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.errors import DomainError
from chalicelib.domain.phrases.locales import Locale
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.problems import Refusal
from chalicelib.pages.languages import negotiate
from chalicelib.pages.rendering import render
from chalicelib.pages.tracking.framing import framed, refusal


class Frames:
    """Pages of some endpoints, below ``root`` (``/t/``)."""

    def __init__(self, endpoints: Endpoints, root: str) -> None:
        self._endpoints = endpoints
        self._root = root

    @property
    def base(self) -> str:
        """The stage prefix: '/api' on API Gateway, '' on a laptop or a custom domain."""
        path: str = self._endpoints.current_request.context["path"]
        return path.partition(self._root)[0]

    def asked(self, name: str) -> str:
        """A value of the query; empty where there is none."""
        query: Mapping[str, str] = self._endpoints.current_request.query_params or {}
        return query.get(name, "")

    def locale(self, of_recipient: str | None = None, *, asked: str = "") -> Locale:
        """The reader's language."""
        accepted = self._endpoints.current_request.headers.get("accept-language")
        return negotiate(asked or self.asked("lang"), accepted, of_recipient)

    def notice(self, locale: Locale) -> str:
        """What became of the form that was just sent; empty where there is nothing to say."""
        key = f"said.{self.asked('said')}"
        return locale.say(key) if key in locale.phrases else ""

    def page(
        self,
        template: str,
        locale: Locale,
        *,
        status: int = 200,
        **values: Any,  # noqa: ANN401 - a template takes any
    ) -> Response:
        """A page that loads nothing but our style sheet."""
        body = render(template, **framed(locale, self.base), **values)
        return replies.html(body, policy=replies.content_security_policy(), status=status)

    @property
    def refused(self) -> Refusal:
        """Makes a page of a refusal; nothing in it depends on the link."""

        def refuse(error: DomainError) -> Response:
            carrier = container().settings.operator
            return refusal(error, self.locale(), self.base, carrier)

        return refuse
