"""How page routes are declared: with their principals, and with the answer that a refusal becomes.

A view's exception is translated inside the view, because Chalice's middleware never sees it: only
the finished Response passes through (Chalice 1.34).
"""

import functools
from collections.abc import Callable
from typing import Final

from chalice.app import Blueprint, Response

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import DomainError

PUBLIC: Final = frozenset({Role.PUBLIC})
RECIPIENTS: Final = frozenset({Role.RECIPIENT})
"""Whoever holds the address: a tracking link carries its own secret."""

View = Callable[..., Response]
Refusal = Callable[[DomainError], Response]


class PageBlueprint(Blueprint):
    """A Blueprint whose views may raise DomainError."""

    def page(
        self,
        path: str,
        *,
        methods: list[str],
        principals: frozenset[Role],
        refuse: Refusal,
        **options: object,
    ) -> Callable[[View], View]:
        """Register a view; HEAD is never implied. ``principals`` stays readable on the view."""
        register = self.route(path, methods=methods, **options)

        def decorate(view: View) -> View:
            @functools.wraps(view)  # Chalice takes the view's name from it
            def translated(*args: str, **kwargs: str) -> Response:
                try:
                    return view(*args, **kwargs)
                except DomainError as exc:
                    return refuse(exc)

            translated.principals = principals  # type: ignore[attr-defined]  # the table of principals
            registered: View = register(translated)
            return registered

        return decorate
