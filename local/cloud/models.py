"""Models of moto that nobody lists: they go when nothing needs them any more.

moto keeps every object that it has ever made for a page of its own, which nobody opens here: each
item, message and record, with all that they hold. That list is where most of its memory goes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

FILES: Final = "moto.s3."


@contextmanager
def unlisted_models() -> Iterator[None]:
    """Make models without listing them until the block ends, but for files: they must be closed."""
    from moto.core.common_models import BaseModel  # noqa: PLC0415 (half a second)

    original = BaseModel.__new__

    def made(cls: Any, *_: Any, **__: Any) -> Any:
        instance = object.__new__(cls)
        if cls.__module__.startswith(FILES):
            cls.instances_tracked.append(instance)
        return instance

    BaseModel.__new__ = made  # type: ignore[method-assign]
    try:
        yield
    finally:
        BaseModel.__new__ = original  # type: ignore[method-assign]
