"""How a reader writes times: the words of the language, and the clock of the region."""

from dataclasses import dataclass

from chalicelib.domain.phrases.words import TimeWords


@dataclass(frozen=True, slots=True)
class Style:
    """The words of a language, and whether its clock has am and pm."""

    language: str
    words: TimeWords
    has_half_days: bool
