"""Ages as people write them."""

from typing import Final

from chalicelib.domain.phrases.locales import Locale

_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_JUST_NOW_S: Final = 5
_AGE_STEP_S: Final = 5


def age(key: str, age_s: float, locale: Locale) -> str:
    """How long ago, in the phrases ``key``.s, .min and .h; seconds go in steps of five.

    The page's script rounds in the same way (web/src/shared/ages.js), so that no age jumps when it
    takes over.
    """
    if age_s <= _JUST_NOW_S and f"{key}.now" in locale.phrases:
        return locale.say(f"{key}.now")
    if age_s < _MINUTE_S:
        step = max(_AGE_STEP_S, int(age_s // _AGE_STEP_S) * _AGE_STEP_S)
        return locale.say(f"{key}.s", n=step)
    if age_s < _HOUR_S:
        return locale.say(f"{key}.min", n=int(age_s // _MINUTE_S))
    return locale.say(f"{key}.h", n=int(age_s // _HOUR_S))
