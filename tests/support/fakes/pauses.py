from dataclasses import dataclass, field


@dataclass
class NotedPauses:
    """Notes how long each might have been, and lets no time go by."""

    longest_s: list[float] = field(default_factory=list)

    def take(self, longest_s: float) -> None:
        self.longest_s.append(longest_s)
