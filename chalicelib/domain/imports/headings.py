"""Headings: which field of an order each column of a file holds.

A column is named by its field as the API names it (``recipient.name``), by the last part of that
name, or by a word for it in English, Finnish, Swedish, German, French or Spanish. Case, blanks and
signs do not matter. Whoever uploads the file may say for any heading what it means.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from chalicelib.domain.imports.tables import NotATable

REFERENCE: Final = "reference"
LINES: Final = "address.lines"
BARCODE: Final = "parcels.barcode"
COUNTRY: Final = "address.country"
METADATA: Final = "metadata."
SEVERAL: Final = frozenset({LINES, BARCODE})
"""Fields that several columns may hold, one after the other."""

WORDS: Final[Mapping[str, str]] = {
    REFERENCE: (
        "ref, order, order number, order no, order id, name of order, your reference, viite, "
        "viitenumero, tilausnumero, tilaus, referens, ordernummer, order nr, referenz, "
        "bestellnummer, auftragsnummer, référence, numéro de commande, commande, referencia, "
        "número de pedido, pedido"
    ),
    "recipient.name": (
        "name, recipient, customer, customer name, full name, contact, nimi, vastaanottaja, "
        "asiakas, namn, mottagare, kund, empfänger, empfängername, kunde, nom, destinataire, "
        "client, nombre, destinatario, cliente"
    ),
    "recipient.phone": (
        "phone, phone number, telephone, mobile, tel, puhelin, puhelinnumero, matkapuhelin, "
        "telefon, telefonnummer, mobil, handy, handynummer, téléphone, portable, mobile phone, "
        "teléfono, móvil"
    ),
    "recipient.email": (
        "email, mail, email address, sähköposti, sähköpostiosoite, e-post, e-postadress, "
        "e-mail-adresse, courriel, adresse e-mail, correo, correo electrónico"
    ),
    "recipient.locale": "locale, language, kieli, språk, sprache, langue, idioma",
    LINES: (
        "lines, address, address line, street, street address, address 1, address 2, address 3, "
        "address line 1, address line 2, address line 3, osoite, katuosoite, lähiosoite, osoite 2, "
        "adress, gatuadress, adress 2, adresse, straße, strasse, anschrift, adresszusatz, "
        "adresse 1, adresse 2, rue, complément d'adresse, dirección, calle, dirección 2"
    ),
    "address.city": (
        "city, town, locality, kaupunki, postitoimipaikka, paikkakunta, ort, stad, postort, stadt, "
        "ville, ciudad, población, municipio"
    ),
    "address.postal_code": (
        "postal code, postcode, zip, zip code, postinumero, postnummer, plz, postleitzahl, "
        "code postal, cp, código postal"
    ),
    COUNTRY: "country, country code, maa, maakoodi, maatunnus, land, ländercode, pays, país",
    "address.lat_deg": ("lat deg, lat, latitude, leveysaste, latitud, breitengrad, breite, leveys"),
    "address.lon_deg": (
        "lon deg, lon, lng, long, longitude, pituusaste, longitud, längengrad, pituus"
    ),
    "address.time_zone": "time zone, timezone, aikavyöhyke, tidszon, zeitzone, fuseau horaire",
    "address.instructions": (
        "instructions, delivery instructions, note, notes, ohje, ohjeet, toimitusohje, "
        "lisätiedot, anvisning, leveransanvisning, hinweis, lieferhinweis, instrucciones, remarques"
    ),
    BARCODE: (
        "barcode, barcodes, parcel, parcels, tracking number, sscc, viivakoodi, kolli, "
        "lähetystunnus, streckkod, kollinummer, kolli-id, strichcode, sendungsnummer, paketnummer, "
        "code-barres, code barre, colis, código de barras, bulto"
    ),
    "parcels.description": (
        "description, contents, kuvaus, sisältö, innehåll, beskrivning, inhalt, beschreibung, "
        "contenu, contenido"
    ),
    "window.start": (
        "start, window start, from, earliest, aikaisintaan, alkaa, tidigast, från, ab, von, "
        "frühestens, à partir de, desde"
    ),
    "window.end": (
        "end, window end, to, until, latest, viimeistään, päättyy, senast, till, bis, spätestens, "
        "jusqu'à, hasta"
    ),
    "service_day": (
        "service day, day, date, delivery date, delivery day, toimituspäivä, päivä, pvm, "
        "leveransdag, leveransdatum, datum, lieferdatum, liefertag, tag, date de livraison, "
        "fecha, fecha de entrega"
    ),
    "service_time_s": "service time s, service time, stop time s",
    "proof_requirements.photo": "photo, photo required",
}
"""The fields that a column may hold, and the words for each."""

FIELDS: Final = frozenset(WORDS)
NEEDED: Final = (REFERENCE, "recipient.name", LINES, COUNTRY, BARCODE)
"""No order is without these."""
_NUMBERED: Final = re.compile(r"(address\.lines|parcels\.barcode)\.[1-9]", re.ASCII)


def is_field(name: str) -> bool:
    """Whether an order has such a field that a column may hold.

    >>> is_field("recipient.name"), is_field("metadata.source"), is_field("status")
    (True, True, False)
    """
    return name in FIELDS or name.startswith(METADATA) or bool(_NUMBERED.fullmatch(name))


def plain(heading: str) -> str:
    """A heading without case, accents in two ways of writing, blanks and signs.

    >>> plain(" E-Mail_Adresse: "), plain("Straße")
    ('emailadresse', 'strasse')
    """
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(char for char in folded if char.isalnum())


def fields_of(
    headings: Sequence[str], said: Mapping[str, str], given: Mapping[str, str]
) -> tuple[str, ...]:
    """The field of each column; "" for a column that is left out.

    ``said`` is what the uploader says of some headings ("" leaves a column out), ``given`` the
    values of fields that the file need not have. Raises NotATable for a heading that is missing or
    that comes twice.
    """
    meanings = {plain(heading): _plain_field(field) for heading, field in said.items()}
    unknown = [heading for heading in said if plain(heading) not in set(map(plain, headings))]
    if unknown:
        text = f"The file has no column {_quoted(unknown)}. {_told(headings)}"
        raise NotATable(text, reason="unknown_column")
    found = tuple(_field_of(heading, meanings) for heading in headings)
    _require_once(headings, found)
    missing = [name for name in NEEDED if name not in found and name not in given]
    if missing:
        text = (
            f"The file has no column {_quoted(missing)}, and the import gives no value for it in "
            f"defaults. {_told(headings)}"
        )
        raise NotATable(text, reason="missing_column")
    return found


def _field_of(heading: str, meanings: Mapping[str, str]) -> str:
    name = plain(heading)
    if name in meanings:
        return meanings[name]
    if heading.lower().startswith(METADATA):
        return METADATA + heading[len(METADATA) :]
    return _known().get(name, "") if name else ""


def _plain_field(name: str) -> str:
    numbered = _NUMBERED.fullmatch(name)
    return numbered[1] if numbered else name


_Cache: dict[str, str] = {}


def _known() -> Mapping[str, str]:
    """The fields by all words for them, plain."""
    if not _Cache:
        _Cache.update(_words())
    return _Cache


def _words() -> Iterator[tuple[str, str]]:
    for field, words in WORDS.items():
        for word in words.split(","):
            yield plain(word), field
        yield plain(field), field
    for field in SEVERAL:
        for number in range(1, 10):
            for name in (field, field.rpartition(".")[2]):
                yield plain(f"{name} {number}"), field


def _require_once(headings: Sequence[str], found: Sequence[str]) -> None:
    firsts: dict[str, str] = {}
    for heading, field in zip(headings, found, strict=True):
        if field in firsts and field not in SEVERAL:
            text = (
                f'The columns "{firsts[field]}" and "{heading}" would both be {field}. Say in '
                'columns what one of them is, or "" to leave it out.'
            )
            raise NotATable(text, reason="repeated_column")
        if field:
            firsts[field] = heading


def _quoted(names: Sequence[str]) -> str:
    return " and no column ".join(f'"{name}"' for name in names)


def _told(headings: Sequence[str]) -> str:
    shown = ", ".join(f'"{heading}"' for heading in headings[:20] if heading)
    return f"Its headings are {shown}."
