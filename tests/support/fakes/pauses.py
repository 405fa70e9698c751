from dataclasses import dataclass, field


@dataclass
class NotedPauses:
    """Notes the longest time of each pause, and does not wait."""

    longest_s: list[float] = field(default_factory=list)
    at_s: float = 0.0

    def take(self, longest_s: float) -> None:
        self.longest_s.append(longest_s)

    def passed_s(self) -> float:
        return self.at_s
