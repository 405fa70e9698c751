"""Files of moto's S3, dated by the laptop's clock: a photo comes when its van drives."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from local.clock import VirtualClock

NOW: Final = "utcnow"


@contextmanager
def files_dated_by(clock: VirtualClock) -> Iterator[None]:
    """Date what is stored by this clock until the block ends."""
    from moto.s3 import models  # noqa: PLC0415 (half a second)

    original = getattr(models, NOW)

    def now() -> datetime:
        return clock.now().replace(tzinfo=None)

    setattr(models, NOW, now)
    try:
        yield
    finally:
        setattr(models, NOW, original)
