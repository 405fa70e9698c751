"""The state: everything that an operator's model has learnt, as one explicit value.

Every operator has a state of its own, and no operator's data teach another's. The state is stored
in pages (``pages``). Usually only some of them are loaded; only a benchmark has all.
"""

from dataclasses import dataclass, field

from chalicelib.domain.eta.learned.beliefs import Beliefs
from chalicelib.domain.eta.learned.dwell import Dwell
from chalicelib.domain.eta.learned.travel import Travel


@dataclass(slots=True)
class State:
    """Beliefs by key, and the two models that use them."""

    beliefs: Beliefs = field(default_factory=Beliefs)
    travel: Travel = field(init=False)
    dwell: Dwell = field(init=False)

    def __post_init__(self) -> None:
        """Start with nothing learnt, so both models begin at the factory prior."""
        self.travel = Travel(self.beliefs)
        self.dwell = Dwell(self.beliefs)
