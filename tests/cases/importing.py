"""Cases of files that a spreadsheet has saved."""

from typing import Any, Final

from tests.cases.reading import Case
from tests.cases.shopping import BODY, at_path
from tests.support.carrier import Carrier, Shop
from tests.support.importing import imported

HEADINGS: Final = ("Reference", "NAME", "phone", "lines", "city", "Country", "lat_deg", "lon_deg")
MORE: Final = ("postal_code", "barcode")
DEFAULTS: Final = {
    "address.lines": BODY["address"]["lines"][0],
    **{f"address.{name}": str(BODY["address"][name]) for name in ("city", "country")},
    **{f"address.{name}": str(BODY["address"][name]) for name in ("lat_deg", "lon_deg")},
}
"""What the body of the cases says, where their files do not."""


def file(carrier: Carrier, case: Case) -> None:
    """One file, and what is created, or which cell is wrong."""
    shop, expect = carrier.shop(), case.said["expect"]

    done = imported(shop, case.said["file_utf8"].encode(), defaults=DEFAULTS)

    assert done["failure"] is None
    assert done["counts"]["created"] == expect.get("rows_ok", 1), done["errors"]
    if "row" in expect:
        (error,) = done["errors"]
        assert (error["row"], error["column"]) == (expect["row"], expect["column"])
        assert expect["says"] in error["detail"]
    for path, value in expect.get("stored", {}).items():
        assert at_path(_only(shop), path) == value


def spreadsheet(carrier: Carrier, case: Case) -> None:
    """All that a spreadsheet does to a file: what can be read is, the rest is named."""
    rows = {
        "good": _row("good"),
        "two lines": _row("two lines", lines='"Testikatu 1\r\nB 12"'),
        "letters": _row("letters", name="Väinö Ärölä"),
        "no plus": _row("no plus", phone="358401234567"),
        "rounded": _row("rounded", phone="3.58401E+11"),
        "postcode": _row("postcode", postal_code="650"),
    }
    text = "\r\n".join([";".join((*HEADINGS, *MORE)), *rows.values(), "", ";;;", ""])
    for encoding in ("utf-8-sig", "cp1252"):
        shop = carrier.shop()

        done = imported(shop, text.encode(encoding))

        assert done["counts"]["created"] == 4, done
        found = [(error["reference"], error["column"]) for error in done["errors"]]
        assert found == [("rounded", "phone"), ("postcode", "postal_code")]
        assert all(error["detail"].endswith((".", "?")) for error in done["errors"])
        made = {each["reference"]: each for each in _all(shop)}
        assert made["letters"]["recipient"]["name"] == "Väinö Ärölä"
        assert made["no plus"]["recipient"]["phone"] == "+358401234567"
        assert made["two lines"]["address"]["lines"] == ["Testikatu 1", "B 12"]


def _row(reference: str, **changes: str) -> str:
    cells = {
        "reference": reference,
        "name": "Test Person",
        "phone": "0401234567",
        "lines": "Testikatu 1",
        "city": "Helsinki",
        "country": "FI",
        "lat_deg": "60,18",
        "lon_deg": "24,95",
        "postal_code": "00650",
        "barcode": f"B-{reference.replace(' ', '-')}",
    }
    return ";".join((cells | changes).values())


def _all(shop: Shop) -> list[dict[str, Any]]:
    found = shop.carrier.call("GET", "/v1/shipments?limit=100", token=shop.key).json
    return list(found["data"])


def _only(shop: Shop) -> dict[str, Any]:
    (found,) = _all(shop)
    return found
