"""A key may ask for so much in a minute, and no more. Drivers have no such limit."""

from dataclasses import dataclass

from chalicelib.domain.accounts.limits import Allowance, reset_s, window_of
from chalicelib.domain.actors import Actor
from chalicelib.services.ports.accounts import KeyRequestsPerMinute, RequestCounts
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class LimitRequests:
    """Counts the requests of keys."""

    counts: RequestCounts
    key_requests_per_minute: KeyRequestsPerMinute
    clock: Clock

    def __call__(self, actor: Actor) -> Allowance:
        """What the actor's key has left after this request."""
        limit, now = self.key_requests_per_minute, self.clock.now()
        counted = self.counts.count(actor.id, window=window_of(now), limit=limit)
        return Allowance(limit=limit, counted=counted, reset_s=reset_s(now))
