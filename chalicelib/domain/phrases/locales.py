"""A locale: everything that we say in one language, and how it writes times and numbers.

The sentences are a plain mapping that is given to the domain (``chalicelib.catalogues`` reads it).
The code names a sentence; a translator writes it. A value that stands in a sentence from right to
left is isolated, so that a name or a link from left to right does not move what stands around it.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from chalicelib.domain.phrases.styles import Style

Direction = Literal["ltr", "rtl"]
Sentence = str | Mapping[str, str]
"""One form, or one for each plural category of CLDR that the language has: one, few, other."""

OTHER: Final = "other"
"""The plural category that every language has: it is that of fractions, too."""
FIRST_STRONG_ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
RIGHT_TO_LEFT_ISOLATE: Final = "\N{RIGHT-TO-LEFT ISOLATE}"
END_OF_ISOLATE: Final = "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a language writes numbers: always with the digits 0 to 9.

    ``units`` are templates with ``n``, by the unit's symbol: m, km, yd, mi.
    """

    decimal: str
    units: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Locale:
    """A language with its regional forms. ``tag`` is what a page's ``lang`` attribute says."""

    tag: str
    language: str
    direction: Direction
    style: Style
    phrases: Mapping[str, Sentence]
    numbers: Numbers
    plural: Callable[[int], str]

    def say(self, name: str, **values: object) -> str:
        """The sentence with its placeholders filled in. Raises KeyError for an unknown sentence."""
        return self._filled(self.form(name), values)

    def form(self, name: str) -> str:
        """The sentence with its placeholders as they are, for a script that fills them in.

        Raises KeyError for an unknown sentence, and TypeError for one that counts.
        """
        sentence = self.phrases[name]
        if not isinstance(sentence, str):
            msg = f"This sentence counts something, so it needs a number: {name}."
            raise TypeError(msg)
        return sentence

    def count(self, name: str, n: int, **values: object) -> str:
        """The form of the sentence for a number, which stands in it as ``n``."""
        return self._filled(form_for(self.phrases[name], self.plural(n)), {"n": n, **values})

    def quantity(self, n: int, unit: str) -> str:
        """A whole number of a unit: 450 m."""
        return form_for(self.numbers.units[unit], self.plural(n)).format(n=n)

    def fraction(self, n: float, unit: str) -> str:
        """A number of a unit with one decimal: 1.6 km."""
        written = f"{n:.1f}".replace(".", self.numbers.decimal)
        return self.numbers.units[unit][OTHER].format(n=written)

    def _filled(self, form: str, values: Mapping[str, object]) -> str:
        if self.direction == "rtl":
            values = {name: _isolated(value) for name, value in values.items()}
        return form.format_map(values)


def form_for(sentence: Sentence, category: str) -> str:
    """The form of a sentence for a plural category; one without forms is the same for all."""
    if isinstance(sentence, str):
        return sentence
    return sentence.get(category) or sentence[OTHER]


def without_isolates(text: str) -> str:
    """The text without marks of direction, for where they would be counted or seen."""
    return text.translate(_NO_ISOLATES)


_NO_ISOLATES: Final = dict.fromkeys(
    map(ord, (FIRST_STRONG_ISOLATE, RIGHT_TO_LEFT_ISOLATE, END_OF_ISOLATE))
)


def _isolated(value: object) -> object:
    """Text from left to right is isolated; without letters it runs as its sentence: 14:10–14:40."""
    if not isinstance(value, str):
        return value
    directions = {unicodedata.bidirectional(character) for character in value}
    if "L" in directions:
        return f"{FIRST_STRONG_ISOLATE}{value}{END_OF_ISOLATE}"
    if directions & _RIGHT_TO_LEFT:
        return value
    return f"{RIGHT_TO_LEFT_ISOLATE}{value}{END_OF_ISOLATE}"


_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
