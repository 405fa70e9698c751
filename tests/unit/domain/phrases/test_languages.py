"""Dates and ranges in each language, as a reader would see them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.instants import Range
from chalicelib.domain.phrases.days import Form, dated, moment
from chalicelib.domain.phrases.ranges import range_phrase
from tests.support.speaking import style_of

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
FIRST = datetime(2026, 12, 1, 12, 10, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("tag", "alone", "in_a_sentence", "brief"),
    [
        ("en", "Tuesday 1 December", "on Tuesday 1 December", "Tue 1 Dec"),
        ("de", "Dienstag, 1. Dezember", "am Dienstag, 1. Dezember", "Di, 1. Dez."),
        ("fi", "tiistaina 1. joulukuuta", "tiistaina 1. joulukuuta", "ti 1.12."),
        ("sv", "tisdag 1 december", "tisdag 1 december", "tis 1 dec."),
        ("fr", "mardi 1er décembre", "le mardi 1er décembre", "mar. 1er déc."),
        ("es", "martes, 1 de diciembre", "el martes, 1 de diciembre", "mar, 1 dic"),
        ("it", "martedì 1 dicembre", "martedì 1 dicembre", "mar 1 dic"),
        ("nl", "dinsdag 1 december", "op dinsdag 1 december", "di 1 dec"),
        ("pl", "wtorek, 1 grudnia", "we wtorek, 1 grudnia", "wt., 1 gru"),
        (
            "pt",
            "terça-feira, 1 de dezembro",
            "na terça-feira, 1 de dezembro",
            "ter., 1 de dez.",
        ),
        ("ar", "الثلاثاء، 1 ديسمبر", "يوم الثلاثاء، 1 ديسمبر", "الثلاثاء، 1 ديسمبر"),
    ],
)
def test_a_day_has_its_form(tag: str, alone: str, in_a_sentence: str, brief: str) -> None:
    day, today = FIRST.date(), NOW.date()
    forms = {Form.BARE: alone, Form.ON: in_a_sentence, Form.BRIEF: brief}

    assert {form: dated(day, today, style_of(tag), form) for form in forms} == forms


@pytest.mark.parametrize(
    ("tag", "today", "later"),
    [
        ("fr", "aujourd’hui 14:10–14:40", "mar. 1er déc., 14:10–14:40"),
        ("es", "hoy 14:10–14:40", "mar, 1 dic, 14:10–14:40"),
        ("es-MX", f"hoy 2:10–2:40{NBSP}p.{NBSP}m.", f"mar, 1 dic, 2:10–2:40{NBSP}p.{NBSP}m."),
        ("it", "oggi 14:10–14:40", "mar 1 dic, 14:10–14:40"),
        ("nl", "vandaag 14:10–14:40", "di 1 dec, 14:10–14:40"),
        ("pl", "dzisiaj 14:10–14:40", "wt., 1 gru, 14:10–14:40"),
        ("pt", "hoje 14:10–14:40", "ter., 1 de dez., 14:10–14:40"),
        ("ar", f"اليوم 2:10–2:40{NBSP}م", f"الثلاثاء، 1 ديسمبر، 2:10–2:40{NBSP}م"),
        ("ar-MA", "اليوم 14:10–14:40", "الثلاثاء، 1 ديسمبر، 14:10–14:40"),
    ],
)
def test_a_range_has_its_day_and_its_clock(tag: str, today: str, later: str) -> None:
    style, told = style_of(tag), Range(FIRST, FIRST + timedelta(minutes=30))

    assert range_phrase(told, FIRST, HELSINKI, style, Form.BRIEF).text == today
    assert range_phrase(told, NOW, HELSINKI, style, Form.BRIEF).text == later


@pytest.mark.parametrize(
    ("tag", "at_midnight"),
    [("fr", "22:00–24:00"), ("ar", f"10:00{NBSP}م–منتصف الليل"), ("pl", "22:00–24:00")],
)
def test_a_range_to_midnight_ends_on_its_day(tag: str, at_midnight: str) -> None:
    told = Range(FIRST.replace(hour=20, minute=0), FIRST.replace(hour=22, minute=0))

    assert range_phrase(told, FIRST, HELSINKI, style_of(tag)).times == at_midnight


@pytest.mark.parametrize(
    ("tag", "written"),
    [("fr", "1er déc., 14:10"), ("nl", "1 dec, 14:10"), ("ar", f"1 ديسمبر، 2:10{NBSP}م")],
)
def test_a_line_of_another_day_has_its_date(tag: str, written: str) -> None:
    assert moment(FIRST, FIRST + timedelta(days=2), HELSINKI, style_of(tag)) == written
