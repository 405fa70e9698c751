"""Phone numbers and e-mail addresses: many ways to write them come in, one form is kept.

The tables of both libraries are imported with the first number or address that comes.
"""

import re
import unicodedata
from typing import Annotated, Final, LiteralString

from pydantic import BeforeValidator, Field, StringConstraints

from chalicelib.edge.cleaning import without_invisible
from chalicelib.edge.mailboxes import ascii_address
from chalicelib.edge.sentences import refused

MAX_EMAIL_CHARS: Final = 254
"""RFC 5321 §4.5.3.1.3: a path has 256 characters with its angle brackets."""
MAX_PHONE_CHARS: Final = 40
LONGEST_WRITTEN: Final = 1_000
"""More characters than an address has with all that a program may put around it."""
EMAIL_WORDS: Final = "Write one e-mail address, like aino@example.com."
LOCAL_PART_WORDS: Final = (
    f"{EMAIL_WORDS} Before the @ there are only letters from a to z, digits and signs such as a "
    "dot or a hyphen."
)
DOMAIN_WORDS: Final = f"{EMAIL_WORDS} Behind the @ there is a whole domain with a dot in it."
PHONE_WORDS: Final = "Write one phone number in digits, like +358 41 2345678."
EXAMPLE_PHONE: Final = "+358 41 2345678"
_PHONE: Final = re.compile(r"\(?\+?[0-9 ()./-]+(?:;ext=[0-9]+)?", re.ASCII)
_INTERNATIONAL: Final = re.compile(r"\(?\+")
_AROUND: Final = " \"'\u2018\u2019\u201c\u201d<>,;"
"""Quotes and separators that mail programs, spreadsheets and lists leave at both ends."""
_LABEL: Final = re.compile(r"^[^\W\d_]{1,12}[.:]?\s*(?=[(+0-9])")
"""What stands before the digits on a business card: tel., Puh:, WhatsApp."""
_EXTENSION: Final = re.compile(r"\s*(?:;?ext[.=]?|extension|x|#)\s*(\d{1,7})$", re.IGNORECASE)
_EXTENDED: Final = ";ext="
"""Before an inside line, as RFC 3966 writes it."""
_AS_DECIMAL: Final = re.compile(r"(\+?\d{7,15})\.0+", re.ASCII)
"""A column of numbers as programs write it that take it for one of measurements."""
_OLD_MEXICAN: Final = re.compile(r"521(\d{10})", re.ASCII)
"""Until August 2019 a 1 stood before mobile numbers of Mexico; in address books it still does."""
_DISPLAYED: Final = re.compile(r"[^<>@]*<([^<>]+)>")
"""An address behind the name of its owner, as mail programs copy it."""
_ABROAD: Final = ("00", "011")
"""Dialled before the country code in most of the world, and in North America."""


def e164(written: str, country: str) -> str:
    """A phone number in E.164, as people of ``country`` (two capital letters) mean it.

    With a plus it need only be possible: numbering plans grow before the tables do. Without one it
    must be valid, and in one way only, so that nothing is guessed. It has no extension. Raises
    ValueError with an example of that country.
    """
    import phonenumbers  # noqa: PLC0415 - only who takes shipments pays for its tables

    number = _read(written.partition(_EXTENDED)[0], country)
    if number is not None:
        return number
    mobile = phonenumbers.PhoneNumberType.MOBILE
    known = phonenumbers.example_number_for_type(country, mobile)
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    example = phonenumbers.format_number(known, form) if known else EXAMPLE_PHONE
    words = (
        f"Write a phone number that is dialled in {country}, or one with its country code, "
        f"like {example}."
    )
    raise ValueError(words)


def extension_of(written: str | None) -> str:
    """The inside line behind a number, which no text message reaches; "" for none."""
    return (written or "").partition(_EXTENDED)[2]


def _read(written: str, country: str) -> str | None:
    digits = re.sub("[^0-9]", "", written)
    if _INTERNATIONAL.match(written):
        said = _OLD_MEXICAN.sub(r"+52\1", digits) if _OLD_MEXICAN.fullmatch(digits) else written
        return _parsed(said, country, must_be_valid=False)
    national = _parsed(written, country, must_be_valid=True)
    without_plus = _parsed(f"+{digits}", country, must_be_valid=True)
    is_clear = None in {national, without_plus} or national == without_plus
    if not is_clear and _lacks_trunk_prefix(digits, country, national):
        return None
    abroad = next((p for p in _ABROAD if digits.startswith(p)), None)
    if national is None and abroad is not None:
        return _parsed(f"+{digits.removeprefix(abroad)}", country, must_be_valid=False)
    return national or without_plus


def _parsed(text: str, country: str, *, must_be_valid: bool) -> str | None:
    import phonenumbers  # noqa: PLC0415 - only who takes shipments pays for its tables

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    is_possible = reason == phonenumbers.ValidationResult.IS_POSSIBLE
    if not (phonenumbers.is_valid_number(number) if must_be_valid else is_possible):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _lacks_trunk_prefix(digits: str, country: str, national: str | None) -> bool:
    """Whether people of the country would have begun the number otherwise, most often with 0.

    In North America nobody writes the 1, and in China nobody writes a 0 before a mobile number.
    """
    import phonenumbers  # noqa: PLC0415 - as above

    prefix = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True)
    if prefix in {None, "", "1"} or digits.startswith(prefix):
        return False
    if national is None:
        return True
    form = phonenumbers.PhoneNumberFormat.NATIONAL
    usual = phonenumbers.format_number(phonenumbers.parse(national), form)
    return re.sub("[^0-9]", "", usual) != digits


def _plain_digit(char: str) -> str:
    """Digits of all scripts as ASCII, dashes of all lengths as hyphens."""
    if unicodedata.category(char) == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    digit = unicodedata.digit(char, None)
    return char if digit is None else str(digit)


def _phone(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = without_invisible(value) if len(value) <= LONGEST_WRITTEN else ""
    text = _LABEL.sub("", "".join(map(_plain_digit, text)).strip(_AROUND), count=1)
    text = _AS_DECIMAL.sub(r"\1", _EXTENSION.sub(rf"{_EXTENDED}\1", text))
    text = re.sub(r"^\++", "+", text)
    if len(text) > MAX_PHONE_CHARS or not _PHONE.fullmatch(text):  # letters would count as digits
        raise refused(code="invalid_phone", words=PHONE_WORDS)
    return text


def _mailbox(value: object) -> object:
    """The address as mail servers read it: ASCII, as SES demands, the domain in lower case."""
    if not isinstance(value, str):
        return value
    text = without_invisible(value) if len(value) <= LONGEST_WRITTEN else ""
    text = _DISPLAYED.sub(r"\1", text.strip()).removeprefix("mailto:").strip(_AROUND).rstrip(".")
    address = ascii_address(text)
    if address is None:
        raise refused(code="invalid_email", words=_email_words(text))
    return address


def _email_words(text: str) -> LiteralString:
    """Why this is no e-mail address: by its first part, its domain, or altogether."""
    before, _, domain = text.rpartition("@")
    if not before or not domain or "@" in before:
        return EMAIL_WORDS
    return LOCAL_PART_WORDS if ascii_address(f"a@{domain}") else DOMAIN_WORDS


Phone = Annotated[str, StringConstraints(max_length=MAX_PHONE_CHARS), BeforeValidator(_phone)]
"""A phone number as written, cleaned. ``e164`` reads it when the country is known."""

Email = Annotated[
    str,
    StringConstraints(max_length=MAX_EMAIL_CHARS),
    BeforeValidator(_mailbox),
    Field(json_schema_extra={"format": "email"}),
]
