"""The words that people answer to an SMS with: to stop all of them, and to get them again.

They are those that carriers know (STOP, START) in the languages that we write. A message counts
when it is such a word and nothing else, or begins with STOP and is as short as "stop please":
whoever writes "end of the street" means something else.
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Keyword(StrEnum):
    """What an answer means."""

    STOP = "stop"
    START = "start"


MOST_WORDS: Final = 3
"""Words of a message that begins with STOP and still means it."""

_STOP: Final = (
    *("stop", "stopall", "stopp", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"),
    *("stopp", "abmelden", "abbestellen", "ende"),  # de
    *("lopeta", "peru", "seis"),  # fi
    *("stoppa", "avsluta", "sluta"),  # sv
    *("arret", "arreter", "desabonner"),  # fr
    *("parar", "alto", "baja", "detener"),  # es
    *("ferma", "basta", "annulla"),  # it
    *("stoppen", "afmelden"),  # nl
    *("zatrzymaj", "wypisz", "koniec"),  # pl
    *("sair", "cancelar"),  # pt
    *("توقف", "ايقاف", "الغاء", "قف"),  # ar
)
_START: Final = (
    *("start", "unstop", "subscribe", "optin"),
    *("anmelden", "starten"),  # de
    *("aloita", "jatka"),  # fi
    *("starta", "borja"),  # sv
    *("demarrer", "reprendre"),  # fr
    *("iniciar", "alta"),  # es, pt
    *("avvia", "inizia"),  # it
    *("aanmelden",),  # nl
    *("wznow", "zacznij"),  # pl
    *("comecar",),  # pt
    *("ابدا", "بدء"),  # ar
)
WORDS: Final[Mapping[str, Keyword]] = dict.fromkeys(_STOP, Keyword.STOP) | dict.fromkeys(
    _START, Keyword.START
)


def keyword_of(text: str) -> Keyword | None:
    """What the message means; None for any other message.

    >>> keyword_of(" Stopp! "), keyword_of("ARRÊT"), keyword_of("Stop, please.")
    (<Keyword.STOP: 'stop'>, <Keyword.STOP: 'stop'>, <Keyword.STOP: 'stop'>)
    >>> keyword_of("End of the street"), keyword_of("Stop at the red house, please")
    (None, None)
    """
    words = _plain(text).split()
    if not words or len(words) > MOST_WORDS:
        return None
    whole = WORDS.get("".join(words))
    return whole or (Keyword.STOP if words[0] in {"stop", "stopp"} else None)


def _plain(text: str) -> str:
    """Lower case without accents; all that is no letter is a blank."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(each for each in apart if not unicodedata.combining(each))
    return "".join(each if each.isalpha() else " " for each in kept)
