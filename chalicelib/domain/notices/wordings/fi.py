"""Finnish."""

from typing import Final

from chalicelib.domain.notices.wordings.language import Kind, Language, Wording
from chalicelib.domain.shipments.statuses import FailureReason as Reason

FINNISH: Final = Language(
    next_stop="olet seuraava",
    one_stop="1 pysähdys ennen sinua",
    stops="{stops} pysähdystä ennen sinua",
    minutes="noin {minutes} min",
    soon="aivan pian",
    link="Seuraa pakettiasi",
    rate="Arvioi tämä toimitus",
    settings="Valitse tai lopeta viestit",
    try_again="Yritämme uudelleen.",
    ask_sender="Ota yhteyttä lähettäjään.",
    wordings={
        Kind.OUT_FOR_DELIVERY: Wording(
            "Pakettisi saapuu {when}",
            (
                "Pakettisi on jakelussa ja saapuu {when}.",
                "Pakettisi saapuu {when}.",
                "Saapuu {when}.",
            ),
        ),
        Kind.ARRIVING: Wording(
            "Pakettisi on melkein perillä",
            ("Pakettisi on melkein perillä: {near}.", "{near}.", "Melkein perillä."),
        ),
        Kind.DELAYED: Wording(
            "Pakettisi on myöhässä: {when}",
            ("Pakettisi on myöhässä. Uusi aika: {when}.", "Myöhässä: {when}."),
        ),
        Kind.BACK_ON_TIME: Wording(
            "Pakettisi on taas aikataulussa",
            (
                "Pakettisi on taas aikataulussa: {when}.",
                "Taas ajallaan: {when}.",
                "Ajallaan: {when}.",
            ),
        ),
        Kind.SILENT: Wording(
            "Pakettisi on myöhässä: autosta ei kuulu",
            (
                ("Pakettisi on myöhässä siitä, mitä kerroimme. Viimeisin tieto autosta: {heard}."),
                "Myöhässä. Viimeisin tieto autosta: {heard}.",
                "Myöhässä.",
            ),
        ),
        Kind.HEARD_AGAIN: Wording(
            "Uutta paketistasi: {when}",
            (
                "Autosta kuuluu taas. Pakettisi uusi aika: {when}.",
                "Autosta kuuluu taas: {when}.",
                "Uusi aika: {when}.",
            ),
        ),
        Kind.NEW_TIME: Wording(
            "Paketillesi uusi aika: {when}",
            ("Paketillesi on uusi aika: {when}.", "Uusi aika: {when}."),
        ),
        Kind.EARLIER: Wording(
            "Pakettisi tulee aiemmin: {when}",
            (
                "Pakettisi tulee aiemmin kuin kerroimme: {when}.",
                "Pakettisi tulee aiemmin: {when}.",
                "Aiemmin: {when}.",
            ),
        ),
        Kind.PUT_OFF: Wording(
            "Pakettisi tulee suunniteltua myöhemmin",
            (
                "Pakettisi ei tule tällä autolla. Ilmoitamme uuden ajan.",
                "Ei tällä autolla. Uusi aika seuraa.",
                "Myöhemmin: uusi aika seuraa.",
            ),
        ),
        Kind.DELIVERED: Wording(
            "Pakettisi on toimitettu", ("Pakettisi on toimitettu.", "Toimitettu.")
        ),
        Kind.FAILED: Wording(
            "Pakettiasi ei voitu toimittaa",
            (
                "Pakettiasi ei voitu toimittaa: {reason}. {next}",
                "Ei toimitettu: {reason}. {next}",
                "Ei toimitettu: {reason}.",
                "Ei toimitettu.",
            ),
        ),
        Kind.CANCELLED: Wording(
            "Toimituksesi on peruttu",
            (
                "Pakettisi toimitus on peruttu.",
                "Toimitus on peruttu.",
            ),
        ),
        Kind.RESCHEDULED: Wording(
            "Pakettisi uusi aika: {when}",
            (
                "Pakettisi saapuu eri aikaan: {when}.",
                "Uusi aika: {when}.",
            ),
        ),
        Kind.RETURNING: Wording(
            "Pakettisi palautuu lähettäjälle",
            (
                "Pakettiasi ei toimitettu, ja se palautuu lähettäjälle.",
                "Pakettisi palautuu lähettäjälle.",
                "Palautuu lähettäjälle.",
            ),
        ),
        Kind.CORRECTED: Wording(
            "Pakettiasi ei ole vielä toimitettu",
            (
                "Edellinen viestimme oli virheellinen: pakettiasi ei ole vielä toimitettu.",
                "Virheemme: pakettia ei ole vielä toimitettu.",
                "Ei vielä toimitettu.",
            ),
        ),
        Kind.MESSAGE: Wording(
            "Sinulle on viesti paketistasi",
            (
                "Sinulle on viesti paketistasi. Lue ja vastaa:",
                "Uusi viesti paketistasi:",
                "Uusi viesti:",
            ),
        ),
    },
    reasons={
        Reason.NOT_HOME: "kukaan ei ollut paikalla",
        Reason.BUSINESS_CLOSED: "yritys oli suljettu",
        Reason.REFUSED: "vastaanotosta kieltäydyttiin",
        Reason.WRONG_ADDRESS: "osoite oli virheellinen",
        Reason.NO_ACCESS: "emme päässeet ovelle",
        Reason.DAMAGED: "paketti oli vaurioitunut",
        Reason.LOST: "pakettia ei löydy",
        Reason.WRONG_ITEM: "paketti oli väärä",
        Reason.NO_TIME: "aika loppui kesken",
        Reason.VEHICLE: "autoon tuli vika",
        Reason.WEATHER: "sää esti jakelun",
        Reason.MISSING_REQUIRED_PROOF: "vaadittu todiste puuttui",
        Reason.OTHER: "se ei ollut mahdollista",
    },
)
