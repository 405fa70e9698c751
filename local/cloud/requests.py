"""Faster reading of requests by moto's DynamoDB: what it works out for each is worked out once.

moto lists the names of all its operations for every request, compiles the patterns of a condition
for every word of it, and looks for a form in every body. That takes a fifth of its time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, Final

WORDS_KEPT: Final = 10_000
"""Ends of conditions that are remembered. Ours are some hundred, each with a few words."""

NAMES: Final = "method_names_from_class"
LEX: Final = "_lex_one_node"


@contextmanager
def cheap_requests() -> Iterator[None]:
    """Read requests so until the block ends. moto does everything else."""
    from moto.core import responses  # noqa: PLC0415 (half a second)
    from moto.dynamodb.comparisons import ConditionExpressionParser as Parser  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    names_of, lex = getattr(responses, NAMES), getattr(Parser, LEX)
    was_raw = DynamoHandler.__dict__.get("use_raw_body")
    first_word = lru_cache(WORDS_KEPT)(lambda text: lex(Parser("", {}, {}), text))

    def lex_one_node(parser: Any, text: str) -> Any:
        del parser  # its names and values are looked up later
        node, rest = first_word(text)
        return node._replace(children=[]), rest

    setattr(responses, NAMES, cache(names_of))
    setattr(Parser, LEX, lex_one_node)
    DynamoHandler.use_raw_body = True
    try:
        yield
    finally:
        setattr(responses, NAMES, names_of)
        setattr(Parser, LEX, lex)
        if was_raw is None:
            del DynamoHandler.use_raw_body
        else:
            DynamoHandler.use_raw_body = was_raw
