"""Rate limits as HTTP tells them: draft-ietf-httpapi-ratelimit-headers-11."""

from typing import Final

from chalicelib.domain.accounts.limits import WINDOW_S, Allowance

POLICY: Final = "RateLimit-Policy"
LIMIT: Final = "RateLimit"


def headers_of(allowance: Allowance) -> dict[str, str]:
    """The policy, and what is left of it.

    >>> headers_of(Allowance(limit=100, counted=58, reset_s=17))
    {'RateLimit-Policy': '"default";q=100;w=60', 'RateLimit': '"default";r=42;t=17'}
    """
    return {
        POLICY: f'"default";q={allowance.limit};w={WINDOW_S}',
        LIMIT: f'"default";r={allowance.remaining};t={allowance.reset_s}',
    }
