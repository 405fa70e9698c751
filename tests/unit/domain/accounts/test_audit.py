from dataclasses import fields, replace
from typing import Any, Final

import pytest

from chalicelib.domain.accounts.audit import NOUNS, FieldChange, audited, shown
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.geography import Coordinates
from tests.support.builders import (
    HUB_PLACE,
    NOON,
    make_device,
    make_driver,
    make_hub,
    make_invitation,
    make_key,
    make_member,
    make_shipper,
    make_team,
    make_vehicle,
    make_webhook,
)

BOSS: Final = Actor(Role.ADMIN, "key_boss")
ACCOUNTS: Final[list[Any]] = [
    make_hub(),
    make_team(),
    make_vehicle(),
    make_device(),
    make_driver(),
    make_shipper(),
    make_key(),
    make_member(),
    make_invitation(),
    make_webhook(),
]
NOT_SHOWN: Final = {
    *("id", "created_at", "version", "deactivated_at"),  # the entry says all that itself
    *("secret", "secret_hash", "code_hash"),
    "email",  # it is forgotten with the member
    "epoch",  # signed_out_at tells it
    *("last_used_at", "last_seen_at", "app"),  # a use, not a change
    "switched_off_at",  # by the server behind it, not by anybody here
}


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: type(account).__name__)
def test_every_field_is_shown_or_known_not_to_be(account: Any) -> None:
    _, names = NOUNS[account.id.partition("_")[0]]

    there = {field.name for field in fields(account)}
    assert there - NOT_SHOWN == set(names) - {"is_active"}


def test_every_kind_of_account_has_a_word_of_its_own() -> None:
    nouns = [noun for noun, _ in NOUNS.values()]

    assert sorted(nouns) == sorted(
        audited("aud_1", actor=BOSS, at=NOON, after=account).action.partition(".")[0]
        for account in ACCOUNTS
    )


def test_no_secret_is_shown() -> None:
    webhook = make_webhook(url="https://user:word@shop.example:8443/hook/T0K3N?key=T0K3N")
    texts = [repr(shown(account)) for account in [*ACCOUNTS, webhook]]

    for secret in (make_key().secret_hash, make_webhook().secret, "cd" * 32, "word", "T0K3N"):
        assert not any(secret in text for text in texts)
    assert shown(webhook)["url"] == "https://shop.example"


def test_only_what_changed_is_listed_under_the_names_of_the_api() -> None:
    before = make_hub()
    after = replace(before, coordinates=Coordinates(HUB_PLACE.lat_deg, 24.0), version=2)

    entry = audited("aud_1", actor=BOSS, at=NOON, before=before, after=after)

    assert entry.action == "hub.changed"
    assert entry.changes == (FieldChange("lon_deg", HUB_PLACE.lon_deg, 24.0),)


def test_times_and_sets_are_shown_as_the_api_writes_them() -> None:
    key = make_key(scopes=frozenset({"b:read", "a:read"}), expires_at=NOON)

    assert shown(key)["scopes"] == ("a:read", "b:read")
    assert shown(key)["expires_at"] == "2026-11-23T12:00:00.000Z"
    assert shown(key)["role"] == "shipper"


def test_what_is_taken_away_is_shown_as_it_was() -> None:
    entry = audited("aud_1", actor=BOSS, at=NOON, before=make_webhook())

    assert (entry.action, entry.account_id) == ("webhook.revoked", "whk_1")
    assert FieldChange("url", "https://shop.example", None) in entry.changes
