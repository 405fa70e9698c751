"""Behind the schedules. They carry nothing, so a use case finds out for itself what is due."""

from collections.abc import Callable

from chalicelib.observability import counted


def sweep_proofs(*, sweep: Callable[[], object]) -> None:
    """Look at uploads that were left half done. What fails is left to the next time."""
    with counted():
        sweep()


def sweep_evidence(*, sweep: Callable[[], object]) -> None:
    """Look for what should have been sealed. What fails is left to the next time."""
    with counted():
        sweep()


def sweep_fleet(*, sweep: Callable[[], object]) -> None:
    """Look at every driver on duty. What fails is left to the next minute."""
    with counted():
        sweep()
