"""Whatever is done to accounts: the audit tells all of it, and no label has three live keys."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.accounts.audit import Shown, shown
from chalicelib.domain.accounts.keys import MOST_LIVE, key_ring_of
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Conflict
from chalicelib.domain.versions import Expected
from chalicelib.services.accounts.change_accounts import ChangeAccounts
from chalicelib.services.accounts.issue_keys import IssueKeys
from chalicelib.services.accounts.open_accounts import OpenAccounts
from tests.support.builders import HUB_PLACE, minutes
from tests.support.depth import times
from tests.support.fakes.contested import goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

BOSS = Actor(Role.ADMIN, "key_boss")
ANY = Expected(None)
DEEDS = ("hub", "driver", "rename", "toggle", "sign_out", "issue", "issue_short", "revoke", "wait")
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3), st.booleans()), max_size=25)


def done(carrier: InMemoryCarrier, deed: str, number: int) -> None:
    """One deed, to the account of this number where there are several."""
    opens, change = carrier.use(OpenAccounts), carrier.use(ChangeAccounts)
    issue = carrier.use(IssueKeys)
    driver_ids, key_ids = list(carrier.drivers.by_id), list(carrier.keys.by_id)
    now = carrier.clock.now()
    match deed:
        case "hub":
            opens.hub(f"H{number}", actor=BOSS, coordinates=HUB_PLACE, time_zone="Europe/Helsinki")
        case "driver":
            opens.driver(f"D{number}", actor=BOSS)
        case "rename" if driver_ids:
            driver_id = picked(driver_ids, number)
            change.driver(driver_id, named(f"N{number}"), expected=ANY, actor=BOSS)
        case "toggle" if driver_ids:
            change.driver(picked(driver_ids, number), toggled, expected=ANY, actor=BOSS)
        case "sign_out" if driver_ids:
            change.sign_out(picked(driver_ids, number), actor=BOSS)
        case "issue":
            issue(Role.ADMIN, label=f"L{number % 2}", actor=BOSS)
        case "issue_short":
            ends = now + minutes(5)
            issue(Role.ADMIN, label=f"L{number % 2}", actor=BOSS, expires_at=ends)
        case "revoke" if key_ids:
            issue.revoke(picked(key_ids, number), actor=BOSS)
        case _:
            carrier.clock.go_on(minutes(3))


def picked(ids: Sequence[Any], number: int) -> Any:
    return ids[number % len(ids)]


def named(name: str) -> Any:
    return lambda driver, _: replace(driver, name=name)


def toggled(driver: Any, now: Any) -> Any:
    return replace(driver, deactivated_at=now if driver.is_active else None)


@settings(max_examples=times(quick=60, deep=3_000))
@given(STEPS)
def test_the_audit_replayed_is_what_is_there(steps: list[tuple[str, int, bool]]) -> None:
    carrier = InMemoryCarrier()

    for deed, number, is_contested in steps:
        carrier.journal.before = [lost_race if is_contested else goes_well]
        with suppress(Conflict):
            done(carrier, deed, number)

        live = Counter(
            key_ring_of(key)
            for key in carrier.keys.by_id.values()
            if key.is_live(carrier.clock.now())
        )
        assert max(live.values(), default=0) <= MOST_LIVE

    told: dict[str, dict[str, Shown]] = defaultdict(dict)
    for entry in carrier.audit.entries:
        for change in entry.changes:
            assert told[entry.account_id].get(change.field) == change.before
            told[entry.account_id][change.field] = change.after
    there: list[Any] = [
        *carrier.hubs.by_id.values(),
        *carrier.drivers.by_id.values(),
        *carrier.keys.by_id.values(),
    ]
    assert set(told) == {account.id for account in there}
    for account in there:
        assert dict.fromkeys(shown(account)) | told[account.id] == shown(account)
