"""German."""

from typing import Final

from chalicelib.domain.notices.wordings.language import Kind, Language, Wording
from chalicelib.domain.shipments.statuses import FailureReason as Reason

GERMAN: Final = Language(
    next_stop="Ihr Stopp ist der nächste",
    one_stop="noch 1 Stopp vor Ihnen",
    stops="noch {stops} Stopps vor Ihnen",
    minutes="etwa {minutes} Minuten",
    soon="in Kürze",
    link="Paket verfolgen",
    rate="Bewerten Sie diese Lieferung",
    settings="Nachrichten wählen oder abbestellen",
    try_again="Wir versuchen es erneut.",
    ask_sender="Bitte wenden Sie sich an den Absender.",
    wordings={
        Kind.OUT_FOR_DELIVERY: Wording(
            "Ihr Paket kommt {when}",
            (
                "Ihr Paket ist unterwegs und kommt {when}.",
                "Ihr Paket kommt {when}.",
                "Kommt {when}.",
            ),
        ),
        Kind.ARRIVING: Wording(
            "Ihr Paket ist gleich da", ("Ihr Paket ist gleich da: {near}.", "{near}.", "Gleich da.")
        ),
        Kind.DELAYED: Wording(
            "Ihr Paket verspätet sich: {when}",
            (
                "Ihr Paket verspätet sich. Neue Zeit: {when}.",
                "Verspätet: {when}.",
                "Später: {when}.",
            ),
        ),
        Kind.BACK_ON_TIME: Wording(
            "Ihr Paket ist wieder pünktlich",
            (
                "Ihr Paket ist wieder pünktlich: {when}.",
                "Wieder pünktlich: {when}.",
                "Pünktlich: {when}.",
            ),
        ),
        Kind.SILENT: Wording(
            "Ihr Paket verspätet sich: keine Nachricht vom Fahrzeug",
            (
                (
                    "Ihr Paket kommt später als angekündigt."
                    " Seit {heard} haben wir nichts vom Fahrzeug gehört."
                ),
                "Verspätet. Keine Nachricht vom Fahrzeug seit {heard}.",
                "Verspätet.",
            ),
        ),
        Kind.HEARD_AGAIN: Wording(
            "Neues von Ihrem Paket: {when}",
            (
                "Wir hören wieder vom Fahrzeug. Neue Zeit für Ihr Paket: {when}.",
                "Wieder Nachricht vom Fahrzeug: {when}.",
                "Neue Zeit: {when}.",
            ),
        ),
        Kind.NEW_TIME: Wording(
            "Neue Zeit für Ihr Paket: {when}",
            ("Es gibt eine neue Zeit für Ihr Paket: {when}.", "Neue Zeit: {when}."),
        ),
        Kind.EARLIER: Wording(
            "Ihr Paket kommt früher: {when}",
            (
                "Ihr Paket kommt früher als angekündigt: {when}.",
                "Ihr Paket kommt früher: {when}.",
                "Früher: {when}.",
            ),
        ),
        Kind.PUT_OFF: Wording(
            "Ihr Paket kommt später als geplant",
            (
                "Ihr Paket kommt nicht mit diesem Wagen. Wir nennen Ihnen die neue Zeit.",
                "Nicht mit diesem Wagen. Eine neue Zeit folgt.",
                "Später: neue Zeit folgt.",
            ),
        ),
        Kind.DELIVERED: Wording(
            "Ihr Paket wurde zugestellt", ("Ihr Paket wurde zugestellt.", "Zugestellt.")
        ),
        Kind.FAILED: Wording(
            "Ihr Paket konnte nicht zugestellt werden",
            (
                "Ihr Paket konnte nicht zugestellt werden: {reason}. {next}",
                "Nicht zugestellt: {reason}. {next}",
                "Nicht zugestellt: {reason}.",
                "Nicht zugestellt.",
            ),
        ),
        Kind.CANCELLED: Wording(
            "Ihre Lieferung wurde storniert",
            (
                "Die Lieferung Ihres Pakets wurde storniert.",
                "Lieferung storniert.",
            ),
        ),
        Kind.RESCHEDULED: Wording(
            "Neue Zeit für Ihr Paket: {when}",
            (
                "Ihr Paket kommt zu einer anderen Zeit: {when}.",
                "Neue Zeit: {when}.",
            ),
        ),
        Kind.RETURNING: Wording(
            "Ihr Paket geht an den Absender zurück",
            (
                "Ihr Paket wurde nicht zugestellt und geht an den Absender zurück.",
                "Ihr Paket geht an den Absender zurück.",
                "Geht an den Absender zurück.",
            ),
        ),
        Kind.CORRECTED: Wording(
            "Ihr Paket ist noch nicht zugestellt",
            (
                "Unsere letzte Nachricht war ein Irrtum: Ihr Paket ist noch nicht zugestellt.",
                "Unser Irrtum: noch nicht zugestellt.",
                "Noch nicht zugestellt.",
            ),
        ),
        Kind.MESSAGE: Wording(
            "Sie haben eine Nachricht zu Ihrem Paket",
            (
                "Sie haben eine Nachricht zu Ihrem Paket. Lesen und antworten:",
                "Neue Nachricht zu Ihrem Paket:",
                "Neue Nachricht:",
            ),
        ),
    },
    reasons={
        Reason.NOT_HOME: "niemand war da",
        Reason.BUSINESS_CLOSED: "das Geschäft war geschlossen",
        Reason.REFUSED: "die Annahme wurde verweigert",
        Reason.WRONG_ADDRESS: "die Adresse stimmte nicht",
        Reason.NO_ACCESS: "kein Zugang zur Tür",
        Reason.DAMAGED: "das Paket war beschädigt",
        Reason.LOST: "das Paket ist nicht auffindbar",
        Reason.WRONG_ITEM: "es war das falsche Paket",
        Reason.NO_TIME: "die Zeit reichte nicht",
        Reason.VEHICLE: "Panne am Fahrzeug",
        Reason.WEATHER: "das Wetter ließ es nicht zu",
        Reason.MISSING_REQUIRED_PROOF: "ein verlangter Nachweis fehlte",
        Reason.OTHER: "es war nicht möglich",
    },
)
