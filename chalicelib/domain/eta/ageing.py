"""Ageing of an ETA: the range grows with the silence since the ETA was made.

We do not know what a silent van has done. It may have driven on as expected; for that case the
point and the earliest end stay. Or it may have stood all the time, in a garage for example, or its
phone has no power; then it comes later by the whole silence. The range covers both cases. It is an
upper bound on purpose: silence has causes, so we cannot calibrate it on vans that do report.
"""

from datetime import datetime, timedelta

from chalicelib.domain.eta.estimates import Eta


def aged(eta: Eta, *, as_of: datetime, now: datetime, fresh_for: timedelta) -> Eta:
    """The ETA as we may tell it ``now``, when the news behind it are from ``as_of``.

    Nobody arrives in the past, so no part of the ETA is before ``now``. Fresh news change nothing
    else. When the news are older than ``fresh_for``, the latest end moves away twice as fast as
    they age, until it is later by their whole age. So nothing leaps at the threshold, and no end
    ever moves back as time passes.
    """
    age = now - as_of
    stood = max(timedelta(0), min(age, 2 * (age - fresh_for)))
    return Eta(
        max(eta.point, now),
        max(eta.earliest, now),
        max(eta.latest + stood, now),
    )
