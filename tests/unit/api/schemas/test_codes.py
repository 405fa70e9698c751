"""Codes of countries, languages and zones: by kept lists, in all common ways to write them."""

from typing import Final

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.api.schemas.codes import (
    Country,
    Language,
    TimeZone,
    countries,
    countries_of,
    zones_of,
)

COUNTRY: Final[TypeAdapter[str]] = TypeAdapter(Country)
LANGUAGE: Final[TypeAdapter[str]] = TypeAdapter(Language)
ZONE: Final[TypeAdapter[str]] = TypeAdapter(TimeZone)


def refusal_of(adapter: TypeAdapter[str], written: str) -> str:
    with pytest.raises(ValidationError) as refusal:
        adapter.validate_python(written)
    (error,) = refusal.value.errors(include_url=False, include_input=False)
    return error["msg"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("SE", "SE"), ("se", "SE"), (" Se\u00a0", "SE"), ("ＳＥ", "SE"), ("xk", "XK"), ("SS", "SS")],
)
def test_a_country_is_known_however_it_is_written(written: str, kept: str) -> None:
    assert COUNTRY.validate_python(written) == kept


@pytest.mark.parametrize("written", ["QQ", "SWE", "S", "Sweden", "", "S1", "EU"])
def test_a_country_that_does_not_exist_is_refused(written: str) -> None:
    assert refusal_of(COUNTRY, written).endswith("like FI.")


def test_who_writes_the_code_of_everyday_life_is_told_the_right_one() -> None:
    assert "GB" in refusal_of(COUNTRY, "UK")
    assert "GR" in refusal_of(COUNTRY, "el")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("sv", "sv"),
        ("sv_SE", "sv-SE"),
        ("sv-se", "sv-SE"),
        ("SV", "sv"),
        ("sv_SE.UTF-8", "sv-SE"),
        ("ca_ES@euro", "ca-ES"),
        ("zh_hant_TW", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("ca-ES-valencia", "ca-ES-valencia"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
        ("en_UK", "en-GB"),
        ("fin", "fi"),
        ("ger-AT", "de-AT"),
        ("fil", "fil"),
    ],
)
def test_a_locale_is_kept_as_a_language_tag(written: str, kept: str) -> None:
    assert LANGUAGE.validate_python(written) == kept


@pytest.mark.parametrize(
    "written", ["s", "Swedish", "sv SE", "../sv", "sv--SE", "", "12", "xx", "sv-XX", "en-USA"]
)
def test_what_is_no_locale_is_refused(written: str) -> None:
    assert refusal_of(LANGUAGE, written).endswith("like fi or fi-FI.")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("europe/stockholm", "Europe/Stockholm"),
        (" Europe/Stockholm\u200b", "Europe/Stockholm"),
        ("Asia/Saigon", "Asia/Saigon"),
        ("America/Nuuk", "America/Nuuk"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_known_by_its_old_and_new_names(written: str, kept: str) -> None:
    assert ZONE.validate_python(written) == kept


@pytest.mark.parametrize("written", ["Europe/Turku", "+02:00", "UTC+2", "../zone.tab", "CEST", ""])
def test_a_zone_that_does_not_exist_is_refused(written: str) -> None:
    assert refusal_of(ZONE, written).endswith("like Europe/Helsinki.")


def test_countries_and_zones_know_each_other() -> None:
    assert len(countries()) > 240
    assert "Atlantic/Canary" in zones_of("ES")
    assert countries_of("Atlantic/Canary") == {"ES"}
    assert countries_of("Etc/UTC") == zones_of("XK") == set()


@pytest.mark.parametrize("written", ["localtime", "Factory"])
def test_a_zone_of_one_computer_is_none(written: str) -> None:
    assert refusal_of(ZONE, written).endswith("like Europe/Helsinki.")
