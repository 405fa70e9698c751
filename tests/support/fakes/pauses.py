from dataclasses import dataclass, field


@dataclass
class NotedPauses:
    """Notes the longest time of each pause, and does not wait."""

    longest_s: list[float] = field(default_factory=list)

    def take(self, longest_s: float) -> None:
        self.longest_s.append(longest_s)
