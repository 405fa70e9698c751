"""Errors in the words of the domain: no HTTP and no AWS in here.

::

    DomainError(code, **data)    str() is for people, code and data are for machines
    ├─ Invalid                   malformed or impossible input
    │  └─ IdempotencyKeyReused   the same key with another request
    ├─ NotFound                  unknown, foreign and expired look the same
    ├─ Unauthorized              no valid credentials
    ├─ Forbidden                 this actor may not
    │  ├─ MissingScope           its role may, but not this key
    │  └─ CrossSite              a browser sends it for a page of another site
    ├─ Conflict                  the present state forbids it
    │  ├─ IllegalTransition
    │  ├─ AlreadyAssigned, NotPlannable, NothingLoaded, RouteUnderWay, NotToday, NothingAboard,
    │  │  TooManyUploads, TooManyEndpoints, RequestRunning, RouteOver, ReferenceTaken,
    │  │  AlreadyUnderWay, NotRough, OnRoute, StillOnTheRoad, TooLateToChange, Deactivated,
    │  │  DriverHasRoutes, TooManyKeys, ThreadClosed, ThreadFull, RatingClosed,
    │  │  ReportClosed, NoMoreLinks, PinLocked, NothingSealed, StoppedByRecipient,
    │  │  TooEarlyToForget, AddressTaken, RouteNotStarted
    │  ├─ Outdated               changed since the caller read it
    │  └─ ConcurrentUpdate       retried by services; exhausted → Unavailable
    ├─ TooLarge                  more than the documented cap
    ├─ TooManyRequests           more than this key may ask for in a while
    │  └─ TooManyMessages        more than the other side can read
    └─ Unavailable               a dependency failed; safe to repeat
       └─ AnswerLost             the answer was lost; the dependency may have acted
"""

from typing import ClassVar


class DomainError(Exception):
    """Any refusal. ``code`` is stable and documented, ``data`` never holds what the caller sent."""

    code: ClassVar[str] = "error"
    text: ClassVar[str] = "The request was refused."

    def __init__(self, text: str | None = None, **data: object) -> None:
        super().__init__(text or self.text)
        self.data = data


class Invalid(DomainError):
    """Malformed or impossible input; ``pointer`` is its place in the body (RFC 6901)."""

    code = "invalid"
    text = "The request breaks a rule."

    def __init__(
        self, text: str | None = None, *, pointer: str = "", code: str = "invalid"
    ) -> None:
        item = {"pointer": pointer, "code": code, "detail": text or self.text}
        super().__init__(text, errors=[item])


class NotFound(DomainError):
    """Unknown, foreign or expired: all three deliberately get the same answer."""

    code = "not_found"
    text = "This does not exist, or you may not see it."


class Unauthorized(DomainError):
    """No credentials, or no valid ones."""

    code = "unauthorized"
    text = "Send a valid key or token as a bearer token."


class Forbidden(DomainError):
    """A known actor asks for something that its role may not do."""

    code = "forbidden"
    text = "This key or token may not do this."


class MissingScope(Forbidden):
    """The key's role may do this, but the key was made for less: it lacks ``scope``."""

    code = "missing_scope"
    text = "This key was made without the scope that this needs."


class CrossSite(Forbidden):
    """A change with a session that no page of ours asks for."""

    code = "cross_site"
    text = (
        "A change by somebody who is signed in has to come from our own page: with its Origin, and"
        " with the header Doorstep-Console: 1. Programs use a key instead."
    )


class Conflict(DomainError):
    """The present state of the thing forbids the request."""

    code = "conflict"
    text = "The present state does not allow this."


class IllegalTransition(Conflict):
    """The lifecycle table has no such step: from ``current``, by the step ``wanted``."""

    code = "illegal_transition"
    text = "The shipment's status does not allow this step."


class AlreadyAssigned(Conflict):
    """The shipment is on another open route."""

    code = "already_assigned"
    text = "The shipment is on another route."


class NotPlannable(Conflict):
    """The shipment is on its way, or will no longer be delivered."""

    code = "not_plannable"
    text = "The shipment cannot be put on a route."


class NothingLoaded(Conflict):
    """A route cannot start with an empty van."""

    code = "nothing_loaded"
    text = "Nothing has been loaded for this route."


class RouteUnderWay(Conflict):
    """The driver is on another route."""

    code = "route_under_way"
    text = "The driver is on another route."


class RouteOver(Conflict):
    """The route is completed or cancelled."""

    code = "route_over"
    text = "The route is over."


class NotToday(Conflict):
    """The route is of another day, and nobody has said that it starts all the same."""

    code = "not_today"
    text = "This route is planned for another day, and starts only if confirm_other_day is true."


class RouteNotStarted(Conflict):
    """The stop is on a route of the driver that has not begun."""

    code = "route_not_started"
    text = "The route of this stop has not been started. Start it, then send this again."


class NothingAboard(Conflict):
    """Nothing for this stop is on the van."""

    code = "nothing_aboard"
    text = "Nothing for this stop is on the van."


class TooManyUploads(Conflict):
    """The shipment has used up its uploads."""

    code = "too_many_uploads"
    text = "No more files may be uploaded for this shipment."


class PinLocked(Conflict):
    """Too many wrong PINs were tried for ``shipment_id``. A new tracking link has a new PIN."""

    code = "pin_locked"
    text = "Too many wrong PINs. Ask the office to renew the recipient's link, then ask again."


class NothingSealed(Conflict):
    """No attempt of ``shipment_id`` has been sealed yet, so there is no evidence to hand out."""

    code = "nothing_sealed"
    text = "Nothing has been sealed yet. A delivery attempt is sealed about ten minutes after it."


class TooManyEndpoints(Conflict):
    """The shipper has as many webhook endpoints as it may: ``limit``."""

    code = "too_many_endpoints"
    text = "No more webhook endpoints may be registered. Delete one first."


class ThreadClosed(Conflict):
    """Nobody may write about this shipment now: it is not loaded yet, or was over long ago."""

    code = "thread_closed"
    text = "Messages can be written from loading until two hours after the visit."


class ThreadFull(Conflict):
    """The thread has as many messages as it may."""

    code = "thread_full"
    text = "There are too many messages about this shipment already. Use the support contact."


class RatingClosed(Conflict):
    """The recipient cannot rate this delivery now, or not change the rating any more."""

    code = "rating_closed"
    text = "A delivery can be rated for a week after the visit, and a rating changed for a day."


class ReportClosed(Conflict):
    """The recipient cannot report anything now: there was no visit, or a report is open."""

    code = "report_closed"
    text = "Something can be reported after the visit, one thing at a time."


class TooEarlyToForget(Conflict):
    """The delivery is not over, so its recipient cannot be forgotten yet."""

    code = "too_early_to_forget"
    text = "The delivery is not over, so its data is still needed."


class StoppedByRecipient(Conflict):
    """The recipient has stopped the messages, so nobody else may start them again."""

    code = "stopped_by_recipient"
    text = "The recipient has stopped the messages. Only the recipient can start them again."


class NoMoreLinks(Conflict):
    """The shipment gets no other tracking link: its links have ended, or there were too many."""

    code = "no_more_links"
    text = "This shipment gets no other tracking link."


class ReferenceTaken(Conflict):
    """The shipper has another shipment with this reference: ``shipment_id``."""

    code = "reference_taken"
    text = "Another shipment of yours has this reference. Its id is in shipment_id."


class AlreadyUnderWay(Conflict):
    """The shipment has been scanned or planned: a newer order does not replace it any more."""

    code = "already_under_way"
    text = "The shipment with this reference is planned or under way, so an order cannot change it."


class NotRough(Conflict):
    """The place of the shipment is known, so nobody needs to place it."""

    code = "not_rough"
    text = "The place of this shipment is not in doubt."


class IdempotencyKeyReused(Invalid):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"
    text = "This Idempotency-Key was used with another request."


class RequestRunning(Conflict):
    """The first request with this Idempotency-Key has no answer yet; ask again after a while."""

    code = "request_running"
    text = "The first request with this Idempotency-Key is still being worked on."

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class ConcurrentUpdate(Conflict):
    """Somebody else wrote first.

    Services read again and retry. After the last retry they raise Unavailable.
    """

    code = "concurrent_update"
    text = "Somebody else changed this at the same time."


class Outdated(Conflict):
    """The caller changes what it has read, but somebody else has changed it since."""

    code = "outdated"
    text = (
        "Somebody has changed this since you read it. Read it again, and send the new ETag in"
        " If-Match."
    )


class OnRoute(Conflict):
    """The shipment is part of the plan of an open route: ``route_id``."""

    code = "on_route"
    text = (
        "The shipment is on a route. Its place and its window are part of the plan: take it off"
        " the route first, or change the plan."
    )


class StillOnTheRoad(Conflict):
    """The shipment is on the van of a route that is under way: ``route_id``."""

    code = "still_on_the_road"
    text = (
        "The shipment is still on a van on the road. Wait until its route has ended, or unload it"
        " by a scan."
    )


class TooLateToChange(Conflict):
    """The shipment has gone too far for this change: ``current`` is its status."""

    code = "too_late_to_change"


class Deactivated(Conflict):
    """The account is deactivated: nothing new may begin with it."""

    code = "deactivated"
    text = "This account is deactivated. Set is_active to true before you use it again."


class DriverHasRoutes(Conflict):
    """The driver is on a route, or is to drive one: ``route_ids``."""

    code = "driver_has_routes"
    text = (
        "This driver still has routes. Give them to another driver, or end them, before you"
        " deactivate the driver. If a phone is lost, sign the driver out: that works at once."
    )


class AddressTaken(Conflict):
    """Another member signs in with this e-mail address: ``member_id``."""

    code = "address_taken"
    text = (
        "Another member has this e-mail address. Its id is in member_id: change that member, or"
        " remove it first."
    )


class TooManyKeys(Conflict):
    """Two keys with one label are live: the one in use, and the one that is to replace it."""

    code = "too_many_keys"
    text = (
        "Two keys with this label are live already, the one in use and its successor. Revoke one"
        " of them first, or choose another label if the key is for another purpose."
    )


class TooLarge(DomainError):
    """More than the documented cap."""

    code = "too_large"
    text = "This is more than one request may hold."


class TooManyRequests(DomainError):
    """The key has used up its requests. It gets new ones in ``retry_after_s``."""

    code = "too_many_requests"
    text = "This key has used up its requests for now. Wait as long as Retry-After says."

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class TooManyMessages(TooManyRequests):
    """Somebody writes faster than the other side can read."""

    code = "too_many_messages"
    text = "That was a lot of messages at once. Wait as long as Retry-After says."


class Unavailable(DomainError):
    """A dependency failed. Nothing was half done, so repeat after ``retry_after_s``."""

    code = "unavailable"
    text = "A service that we need does not answer, and it is safe to repeat the request."

    def __init__(self, text: str | None = None, *, retry_after_s: int = 2, **data: object) -> None:
        super().__init__(text, **data)
        self.retry_after_s = retry_after_s


class AnswerLost(Unavailable):
    """The answer of a dependency was lost. We do not know whether it did what we asked.

    A repeat may do it twice.
    """
