"""The demo's recipients: they write to the driver, say what is to happen at the door, and rate.

They use the forms of the tracking page, as people without scripts do. The drivers answer.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from local.client import Api, Refused, submit

WRITING: Final = 0.2
WISHING: Final = 0.25
RATING: Final = 0.5
"""The shares of recipients who do this."""
QUESTIONS: Final = (
    ("The entrance is in the courtyard, next to the bicycles.", "Thank you, I will find it."),
    ("Could you ring twice? The baby is asleep, so I may not hear it.", "Of course."),
    ("The lift is broken today, I am sorry.", "No problem, I take the stairs."),
    ("I am in a call until noon. Please leave it at the door.", "I will do that."),
)
"""What recipients write, and what the driver answers."""
WISHES: Final = (
    {"entrance": "B, from the courtyard", "floor": "3", "contact_free": "1"},
    {"note": "Ring twice, please", "absence": "safe_place", "safe_place": "porch"},
    {"absence": "neighbour", "neighbour_name": "Salminen", "neighbour_door": "12"},
    {"door_code": "2580", "floor": "5"},
)
PRAISE: Final = (
    {"stars": "5", "driver": "1", "punctuality": "1", "comment": "Very friendly, thank you!"},
    {"stars": "5", "information": "1", "comment": "Came exactly when the page said."},
    {"stars": "4", "punctuality": "1"},
    {"stars": "5"},
)
BLAME: Final = {"stars": "2", "place": "1", "comment": "It stood in the rain."}
BLAMING: Final = 0.1
RULES: Final = {
    "safe_places": ["porch", "mail_room", "reception"],
    "offered_days": 5,
    "offered_windows": ["08:00-12:00", "16:00-20:00"],
}
"""What the demo's shops let their recipients choose."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """All who wait for parcels. ``submit`` is not theirs alone: a visitor may be faster."""

    chance: random.Random

    def before_the_visit(self, shipment_id: str, tracking_url: str, driver: Api) -> None:
        """Some write and some say what is to happen at the door, while the van is on its way."""
        if self.chance.random() < WISHING:
            submit(f"{tracking_url}/wishes", {"seen": "0", **self.chance.choice(WISHES)})
        if self.chance.random() >= WRITING:
            return
        question, answer = self.chance.choice(QUESTIONS)
        action_id = f"demo-{shipment_id}"
        submit(f"{tracking_url}/messages", {"action_id": action_id, "text": question})
        said = {"action_id": action_id, "shipment_id": shipment_id, "text": answer}
        try:
            driver.post("/v1/driver/messages", said)
        except Refused:
            return  # the recipient's own words had no room: nobody answers them

    def after_the_visit(self, tracking_urls: Sequence[str], *, is_delivered: bool) -> None:
        """Half of those who got their parcel rate; of the others nobody does."""
        for tracking_url in tracking_urls:
            if not is_delivered or self.chance.random() >= RATING:
                continue
            is_blame = self.chance.random() < BLAMING
            submit(f"{tracking_url}/rating", BLAME if is_blame else self.chance.choice(PRAISE))


def allow(admin: Api, shipper_id: str) -> None:
    """Let the recipients of this shop choose."""
    headers = {"If-Match": "*"}
    admin.send("PATCH", f"/v1/shippers/{shipper_id}", RULES, headers=headers)
