"""The values that every page of a recipient needs."""

from typing import Any

from chalicelib.catalogues import shipped
from chalicelib.domain.phrases.locales import Locale
from chalicelib.pages.rendering import asset_names


def framed(locale: Locale, base_path: str) -> dict[str, Any]:
    """Language, phrases, style sheets, and the prefix of addresses."""
    return {
        "locale": locale,
        "say": locale.say,
        "languages": shipped(),
        "base": base_path,
        "assets": asset_names(),
    }
