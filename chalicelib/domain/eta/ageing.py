"""What an ETA is worth some time after it was made: the range grows with the silence since.

Nothing says what a silent van has done: it may have driven on as expected, which is where the
earliest end and the point stay, or it may have stood all the time, as vans in garages and phones
without power do, and then all is later by the silence. The range holds both. It is an upper bound
by intent: silence is no accident, so that nothing can be calibrated on those who are heard.
"""

from datetime import datetime, timedelta

from chalicelib.domain.eta.estimates import Eta


def aged(eta: Eta, *, as_of: datetime, now: datetime, fresh_for: timedelta) -> Eta:
    """The ETA as it may be told now, when what it rests on is from ``as_of``.

    Nobody arrives in the past. While the news are fresh that is all; then the latest end moves away
    twice as fast as they age, until it is later by all of their age: no leap at the threshold. No
    end ever moves back as time goes by.
    """
    age = now - as_of
    stood = max(timedelta(0), min(age, 2 * (age - fresh_for)))
    return Eta(
        max(eta.point, now),
        max(eta.earliest, now),
        max(eta.latest + stood, now),
    )
