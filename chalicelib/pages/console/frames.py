"""The frame that all views of the console share: navigation, hub, who is signed in, refusals."""

from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from chalice.app import Request, Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.errors import CrossSite, DomainError, NotFound, Unauthorized
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.problems import Refusal, headers_of, status_of
from chalicelib.pages.console.navigation import views_for
from chalicelib.pages.rendering import asset_names, render

HUB_COOKIE: Final = "doorstep-hub"
"""The hub that somebody looks at. A script of the console sets it; it is no secret."""
MOST_HUBS: Final = 100


class ConsoleFrames:
    """Pages of some endpoints of the console."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    @property
    def request(self) -> Request:
        """The request that is answered."""
        return self._endpoints.current_request

    @property
    def base(self) -> str:
        """The stage prefix: '/api' on API Gateway, '' on a laptop or a custom domain."""
        path: str = self.request.context["path"]
        return path.partition("/console")[0]

    def page(
        self,
        actor: Actor,
        template: str,
        *,
        view: str,
        image_sources: tuple[str, ...] = (),
        data: dict[str, Any] | None = None,
        **values: Any,  # noqa: ANN401 - a template takes any
    ) -> Response:
        """A view in its frame. ``data`` is what its script gets, beside who asks and the hub."""
        hubs = self._hubs(actor)
        hub = self._chosen(hubs)
        name = self._name(actor)
        page_data = {
            "base": self.base,
            "me": {"id": actor.id, "name": name, "role": actor.role.value},
            "shipperId": actor.shipper_id,
            "hub": None if hub is None else _shown(hub),
            **(data or {}),
        }
        body = render(
            template,
            base=self.base,
            assets=asset_names(),
            carrier=carrier_name(),
            name=name,
            initials=initials(name),
            role=actor.role.value,
            views=views_for(actor.role),
            view=view,
            hubs=hubs,
            hub=hub,
            page_data=page_data,
            **values,
        )
        policy = replies.content_security_policy(image_sources=image_sources)
        return replies.html(body, policy=policy)

    def bare(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - as above
        """A page for whoever is not signed in."""
        body = render(
            template,
            base=self.base,
            assets=asset_names(),
            carrier=carrier_name(),
            **values,
        )
        return replies.html(body, policy=replies.content_security_policy(), status=status)

    @property
    def refused(self) -> Refusal:
        """Makes a page of a refusal. Who is not signed in gets the form, and comes back here."""

        def refuse(error: DomainError) -> Response:
            if isinstance(error, Unauthorized):
                reply = self.door(status=status_of(error))
            else:
                reply = self.bare(
                    "console/refused.html", status=status_of(error), words=words_of(error)
                )
            reply.headers.update(headers_of(error))
            return reply

        return refuse

    def door(self, *, status: int = 200, **said: Any) -> Response:  # noqa: ANN401 - as above
        """The form to sign in, with what is ``said`` above it."""
        next_path: str = self.request.context["path"].removeprefix(self.base)
        given = {"step": "ask", "said": "", "flaw": "", "email": "", "next_path": next_path} | said
        return self.bare("console/door.html", status=status, **given)

    def hub(self, actor: Actor) -> Hub | None:
        """The hub that somebody looks at; None where there is none."""
        return self._chosen(self._hubs(actor))

    def _name(self, actor: Actor) -> str:
        try:
            return container().recognise_session.member(actor).name
        except NotFound:  # a key: a program that fetches a page
            return actor.role.value

    def _hubs(self, actor: Actor) -> tuple[Hub, ...]:
        if actor.role not in STAFF:
            return ()
        found = container().show_accounts.of_hubs(limit=MOST_HUBS, position=None).data
        return tuple(hub for hub in found if hub.is_active)

    def _chosen(self, hubs: tuple[Hub, ...]) -> Hub | None:
        try:
            sent = SimpleCookie(self.request.headers.get("cookie") or "").get(HUB_COOKIE)
        except CookieError:
            sent = None
        chosen = "" if sent is None else sent.value
        return next((hub for hub in hubs if hub.id == chosen), next(iter(hubs), None))


def carrier_name() -> str:
    """Whose console this is."""
    name, _ = container().settings.operator
    return name or "Doorstep"


def words_of(error: DomainError) -> tuple[str, str]:
    """Title and sentence for a person of what is refused."""
    if isinstance(error, NotFound):
        return "Nothing here", "There is nothing at this address, or you may not see it."
    if isinstance(error, CrossSite):
        return "Not from here", "This was asked for by a page of another site, so nothing was done."
    if status_of(error) == status_of(CrossSite()):
        return "Not for your role", "Your role may not see this. Ask an admin of the carrier."
    return "Not now", "This does not work right now. Wait a moment, then load the page again."


def initials(name: str) -> str:
    """What stands for a name in little room.

    >>> initials("Maija Korhonen"), initials("maija"), initials("Anna Maria af Hällström")
    ('MK', 'M', 'AH')
    """
    parts = name.split()
    ends = parts[:1] + parts[1:][-1:]
    return "".join(part[0].upper() for part in ends)


def _shown(hub: Hub) -> dict[str, str]:
    return {"id": hub.id, "name": hub.name, "timeZone": hub.time_zone}
