"""All that an operator's model has learnt, as one explicit value.

Every operator has a state of its own; nothing is learnt from one for another. It is stored in pages
(``pages``), so it is rarely whole anywhere but in a benchmark.
"""

from dataclasses import dataclass, field

from chalicelib.domain.eta.learned.beliefs import Beliefs
from chalicelib.domain.eta.learned.dwell import Dwell
from chalicelib.domain.eta.learned.travel import Travel


@dataclass(slots=True)
class State:
    """Beliefs under keys, and the two models that read and teach them."""

    beliefs: Beliefs = field(default_factory=Beliefs)
    travel: Travel = field(init=False)
    dwell: Dwell = field(init=False)

    def __post_init__(self) -> None:
        """Nothing learnt: both models start from the factory prior."""
        self.travel = Travel(self.beliefs)
        self.dwell = Dwell(self.beliefs)
