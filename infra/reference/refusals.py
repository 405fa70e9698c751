"""All problems that the API answers with: one entry a code, made from the domain's errors."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.domain.errors import DomainError, Invalid
from chalicelib.edge.declarations import Declaration
from chalicelib.edge.problems import CODES, SENTENCES, headers_of, problem_response, status_of
from chalicelib.pages.reference import SOMEWHERE

REQUEST_ID: Final = "2caf6257-4850-4899-a427-6733ab90ab1d"
ALLOWED: Final = "GET, HEAD and OPTIONS"


@dataclass(frozen=True, slots=True)
class Problem:
    """One code: its status, its usual sentence, when it comes, and the headers that it has."""

    code: str
    status: int
    detail: str
    when: str
    headers: tuple[str, ...] = ()

    @property
    def example(self) -> dict[str, Any]:
        """The body of such an answer."""
        body = problem_response(self.status, self.code, self.detail, ITEMS.get(self.code)).body
        found: dict[str, Any] = json.loads(str(body))
        return {**found, "type": f"{SOMEWHERE}{found['type']}", "instance": REQUEST_ID}


ITEMS: Final[dict[str, dict[str, Any]]] = {
    Invalid.code: {
        "errors": [
            {
                "pointer": "/parcels/0/barcode",
                "code": "missing",
                "detail": "This field is missing.",
            }
        ],
        "error_count": 1,
    }
}
EVERYWHERE: Final = (
    Problem(
        "bad_request",
        400,
        SENTENCES[400],
        "The request is no HTTP that can be read.",
    ),
    Problem(
        "method_not_allowed",
        405,
        SENTENCES[405].format(allowed=ALLOWED),
        "The address exists, but not with this method. `Allow` names those that it takes.",
        ("Allow",),
    ),
    Problem(
        "too_many_requests",
        429,
        "Slow down, then repeat the request.",
        "The deployment takes no more requests at this moment; nothing was done.",
        ("Retry-After",),
    ),
    Problem(
        CODES[500],
        500,
        SENTENCES[500],
        "A mistake of ours. With the request's id (`instance`) the operator finds it in the log.",
    ),
)
"""What the gateway and the framework answer themselves."""
FROM_ANYWHERE: Final = frozenset({"too_many_requests", CODES[500]})
"""Those that every operation may be answered with."""


def kinds(refusal: type[DomainError]) -> Iterator[type[DomainError]]:
    """A domain error and all of its subclasses."""
    yield refusal
    for each in refusal.__subclasses__():
        yield from kinds(each)


def problems_of(declaration: Declaration) -> tuple[Problem, ...]:
    """All that a route may be refused with, by status and code."""
    found: dict[str, Problem] = {}
    for refusal in declaration.refusals:
        for kind in kinds(refusal):
            found.setdefault(kind.code, _problem(_namer(kind)))
    for each in EVERYWHERE:
        if each.code in FROM_ANYWHERE:
            found.setdefault(each.code, each)
    return tuple(sorted(found.values(), key=lambda each: (each.status, each.code)))


def _namer(kind: type[DomainError]) -> type[DomainError]:
    """The class that a code is from: a subclass may only have more to say to our own code."""
    return next(each for each in reversed(kind.__mro__) if getattr(each, "code", "") == kind.code)


def catalogue(declarations: Mapping[str, Declaration]) -> dict[Problem, tuple[str, ...]]:
    """Every problem, with the operations that may answer so; none where any of them may."""
    problems = {problem.code: problem for problem in EVERYWHERE}
    names: dict[str, list[str]] = {code: [] for code in problems}
    for operation_id, declaration in declarations.items():
        for problem in problems_of(declaration):
            problems[problem.code] = problem
            names.setdefault(problem.code, []).append(operation_id)
    return {
        problem: () if len(names[code]) == len(declarations) else tuple(sorted(names[code]))
        for code, problem in sorted(problems.items())
    }


def _problem(kind: type[DomainError]) -> Problem:
    error = kind.__new__(kind)  # without its data: only its type and its headers matter
    error.retry_after_s = 1  # type: ignore[attr-defined] # some have it
    return Problem(
        code=kind.code,
        status=status_of(error),
        detail=kind.text,
        when=inspect.cleandoc(kind.__doc__ or ""),
        headers=tuple(headers_of(error)),
    )
