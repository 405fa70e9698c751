"""Swedish."""

from typing import Final

from chalicelib.domain.notices.wordings.language import Kind, Language, Wording
from chalicelib.domain.shipments.statuses import FailureReason as Reason

SWEDISH: Final = Language(
    next_stop="du är näst på tur",
    one_stop="1 stopp före dig",
    stops="{stops} stopp före dig",
    minutes="cirka {minutes} min",
    soon="alldeles strax",
    link="Följ ditt paket",
    rate="Betygsätt leveransen",
    settings="Välj eller stoppa meddelanden",
    try_again="Vi försöker igen.",
    ask_sender="Kontakta avsändaren.",
    wordings={
        Kind.OUT_FOR_DELIVERY: Wording(
            "Ditt paket kommer {when}",
            (
                "Ditt paket är på väg och kommer {when}.",
                "Ditt paket kommer {when}.",
                "Kommer {when}.",
            ),
        ),
        Kind.ARRIVING: Wording(
            "Ditt paket är nästan framme",
            ("Ditt paket är nästan framme: {near}.", "{near}.", "Nästan framme."),
        ),
        Kind.DELAYED: Wording(
            "Ditt paket är försenat: {when}",
            ("Ditt paket är försenat. Ny tid: {when}.", "Försenat: {when}."),
        ),
        Kind.BACK_ON_TIME: Wording(
            "Ditt paket är i tid igen",
            ("Ditt paket är i tid igen: {when}.", "I tid igen: {when}.", "I tid: {when}."),
        ),
        Kind.SILENT: Wording(
            "Ditt paket är försenat: inget hörs från bilen",
            (
                (
                    "Ditt paket kommer senare än vi sa."
                    " Vi har inte hört något från bilen sedan {heard}."
                ),
                "Försenat. Inget hörs från bilen sedan {heard}.",
                "Försenat.",
            ),
        ),
        Kind.HEARD_AGAIN: Wording(
            "Nytt om ditt paket: {when}",
            (
                "Vi hör från bilen igen. Ny tid för ditt paket: {when}.",
                "Bilen hörs igen: {when}.",
                "Ny tid: {when}.",
            ),
        ),
        Kind.NEW_TIME: Wording(
            "Ny tid för ditt paket: {when}",
            ("Det finns en ny tid för ditt paket: {when}.", "Ny tid: {when}."),
        ),
        Kind.EARLIER: Wording(
            "Ditt paket kommer tidigare: {when}",
            (
                "Ditt paket kommer tidigare än vi sa: {when}.",
                "Ditt paket kommer tidigare: {when}.",
                "Tidigare: {when}.",
            ),
        ),
        Kind.PUT_OFF: Wording(
            "Ditt paket kommer senare än planerat",
            (
                "Ditt paket kommer inte med den här bilen. Vi meddelar den nya tiden.",
                "Inte med den här bilen. Ny tid följer.",
                "Senare: ny tid följer.",
            ),
        ),
        Kind.DELIVERED: Wording(
            "Ditt paket är levererat", ("Ditt paket är levererat.", "Levererat.")
        ),
        Kind.FAILED: Wording(
            "Vi kunde inte leverera ditt paket",
            (
                "Vi kunde inte leverera ditt paket: {reason}. {next}",
                "Ej levererat: {reason}. {next}",
                "Ej levererat: {reason}.",
                "Ej levererat.",
            ),
        ),
        Kind.CANCELLED: Wording(
            "Din leverans är avbeställd",
            (
                "Leveransen av ditt paket är avbeställd.",
                "Leveransen är avbeställd.",
            ),
        ),
        Kind.RESCHEDULED: Wording(
            "Ny tid för ditt paket: {when}",
            (
                "Ditt paket kommer en annan tid: {when}.",
                "Ny tid: {when}.",
            ),
        ),
        Kind.RETURNING: Wording(
            "Ditt paket går tillbaka till avsändaren",
            (
                "Ditt paket levererades inte och går tillbaka till avsändaren.",
                "Ditt paket går tillbaka till avsändaren.",
                "Går tillbaka till avsändaren.",
            ),
        ),
        Kind.CORRECTED: Wording(
            "Ditt paket är inte levererat än",
            (
                "Vårt förra meddelande var fel: ditt paket är inte levererat än.",
                "Vårt fel: paketet är inte levererat än.",
                "Ej levererat än.",
            ),
        ),
        Kind.MESSAGE: Wording(
            "Du har ett meddelande om ditt paket",
            (
                "Du har ett meddelande om ditt paket. Läs och svara:",
                "Nytt meddelande om ditt paket:",
                "Nytt meddelande:",
            ),
        ),
    },
    reasons={
        Reason.NOT_HOME: "ingen var på plats",
        Reason.BUSINESS_CLOSED: "företaget var stängt",
        Reason.REFUSED: "mottagaren tackade nej",
        Reason.WRONG_ADDRESS: "adressen stämde inte",
        Reason.NO_ACCESS: "vi kom inte fram till dörren",
        Reason.DAMAGED: "paketet var skadat",
        Reason.LOST: "paketet går inte att hitta",
        Reason.WRONG_ITEM: "det var fel paket",
        Reason.NO_TIME: "tiden räckte inte till",
        Reason.VEHICLE: "bilen gick sönder",
        Reason.WEATHER: "vädret hindrade oss",
        Reason.MISSING_REQUIRED_PROOF: "ett bevis som krävs saknades",
        Reason.OTHER: "det var inte möjligt",
    },
)
