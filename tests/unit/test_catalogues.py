"""A locale says its sentences: by number, from right to left, and only what there is."""

import pytest

from chalicelib.catalogues import locale_for, locale_of, shipped, spoken
from chalicelib.domain.phrases.locales import (
    END_OF_ISOLATE,
    FIRST_STRONG_ISOLATE,
    RIGHT_TO_LEFT_ISOLATE,
    without_isolates,
)
from infra.reference.glossary import glossary
from tests.support.speaking import LANGUAGES


@pytest.mark.parametrize(
    ("tag", "n", "said"),
    [
        ("pl", 1, "1 przystanek przed Tobą"),
        ("pl", 3, "3 przystanki przed Tobą"),
        ("pl", 5, "5 przystanków przed Tobą"),
        ("pl", 22, "22 przystanki przed Tobą"),
        ("pl", 112, "112 przystanków przed Tobą"),
        ("fr", 0, "0 arrêt avant vous"),
        ("fr", 2, "2 arrêts avant vous"),
        ("ar", 1, "محطة واحدة قبلك"),
        ("ar", 2, "محطتان قبلك"),
        ("ar", 3, "3 محطات قبلك"),
        ("ar", 11, "11 محطة قبلك"),
        ("fi", 2, "2 pysähdystä ennen sinua"),
    ],
)
def test_each_number_has_its_form(tag: str, n: int, said: str) -> None:
    assert locale_of(tag).count("stops", n) == said


@pytest.mark.parametrize(
    ("wished", "given"),
    [
        ("pt-BR", "pt"),
        ("de-AT", "de"),
        ("sv_FI", "sv"),
        ("fr-CA", "fr"),
        ("es-MX", "es-MX"),
        ("ar-MA", "ar-MA"),
        ("ar-EG", "ar"),
        ("AR", "ar"),
        ("et", "en"),
        ("zh-Hant-TW", "en"),
        ("finnish", "en"),
        ("", "en"),
    ],
)
def test_whoever_wishes_a_language_gets_it_or_english(wished: str, given: str) -> None:
    assert locale_for(wished).tag == given


def test_a_region_has_the_clock_of_its_people() -> None:
    halves = {tag: locale_for(tag).style.has_half_days for tag in ("ar", "ar-MA", "es", "es-MX")}

    assert halves == {"ar": True, "ar-MA": False, "es": False, "es-MX": True}


def test_a_name_from_left_to_right_is_isolated_in_arabic_and_nowhere_else() -> None:
    said = locale_of("ar").say("page.from", sender="Kirjakauppa 24")

    assert said.endswith(f"{FIRST_STRONG_ISOLATE}Kirjakauppa 24{END_OF_ISOLATE}")
    assert without_isolates(said) == "طرد من Kirjakauppa 24"
    assert locale_of("de").say("page.from", sender="متجر") == "Lieferung von متجر"


def test_times_and_arabic_names_run_with_their_sentence() -> None:
    locale = locale_of("ar")

    assert locale.say("page.from", sender="متجر") == "طرد من متجر"
    window = locale.say("detail.window", agreed="14:10–14:40")
    assert f"{RIGHT_TO_LEFT_ISOLATE}14:10–14:40{END_OF_ISOLATE}" in window


def test_a_sentence_that_counts_wants_its_number() -> None:
    with pytest.raises(TypeError):
        locale_of("en").say("stops")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_quantities_have_the_digits_that_stand_on_doors(tag: str) -> None:
    locale = locale_of(tag)

    assert "450" in locale.quantity(450, "m")
    assert f"1{locale.numbers.decimal}6" in locale.fraction(1.6, "km")


def test_only_arabic_runs_from_right_to_left() -> None:
    assert {tag for tag, about in shipped().items() if about.direction == "rtl"} == {"ar"}


def test_a_tag_is_never_more_than_language_and_region() -> None:
    assert spoken('en-"><script>') == "en"
    assert spoken("en-US-u-hc-h23") == "en-US"


def test_the_reference_names_the_languages_that_we_write() -> None:
    *most, last = sorted(shipped())

    assert f"{', '.join(most)} and {last}" in glossary().words["locale"].means
