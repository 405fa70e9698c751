"""Signing in, from the form to the session: on fakes, step by step."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.accounts.letters import NOBODY, Letter, LetterKind, from_text
from chalicelib.domain.accounts.members import MOST_SESSIONS
from chalicelib.domain.actors import OPERATOR, Actor, Role
from chalicelib.domain.errors import (
    AddressTaken,
    AnswerLost,
    Deactivated,
    Invalid,
    NotFound,
    Outdated,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from chalicelib.domain.ids import MemberId, ShipperId
from chalicelib.domain.versions import Expected
from chalicelib.services.accounts.manage_members import ManageMembers
from chalicelib.services.accounts.recognise_session import RecogniseSession
from chalicelib.services.accounts.send_letter import LetterOutcome, SendLetter
from chalicelib.services.accounts.sign_in import MOST_ASKED, MOST_LETTERS, BegunSession, SignIn
from chalicelib.services.ports.system import CarrierName
from tests.support.builders import make_shipper, minutes, seconds
from tests.support.fakes.allowances import InMemoryAllowances
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.fakes.senders import InMemoryEmail, InMemoryQueue
from tests.support.in_memory import InMemoryCarrier

BOSS: Final = Actor(Role.ADMIN, "key_boss")
EMAIL: Final = "Maija@example.com"
ANY: Final = Expected(None)


class Office(InMemoryCarrier):
    """A carrier whose letters can be read."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.queue, self.email = InMemoryQueue(), InMemoryEmail()
        self.ledger, self.allowances = InMemoryLedger(), InMemoryAllowances()
        self.carrier_name = CarrierName("Kuukkeli Oy")
        self.shippers.put(make_shipper())

    @property
    def manage(self) -> ManageMembers:
        return self.use(ManageMembers)

    @property
    def sign_in(self) -> SignIn:
        return self.use(SignIn)

    @property
    def recognise(self) -> RecogniseSession:
        return self.use(RecogniseSession)

    def invited(self, email: str = EMAIL, role: Role = Role.DISPATCHER, **more: Any) -> MemberId:
        return self.manage.invite("Maija", email=email, role=role, actor=BOSS, **more).id

    def post(self) -> list[LetterOutcome]:
        """Send all letters that wait."""
        letters = [from_text(text) for text, _ in self.queue.waiting]
        self.queue.waiting.clear()
        return [self.use(SendLetter)(letter).outcome for letter in letters]

    def code(self, email: str = EMAIL) -> str:
        """Ask for a link, and read its code in the e-mail."""
        self.sign_in.ask(email, network="10.0.0.1")
        self.post()
        found = re.findall(r"/sign-in/(\S+)", self.email.sent[-1].text)
        return str(found[0])

    def begun(self, client: str = "laptop") -> BegunSession:
        return self.sign_in.redeem(self.code(), client=client)


@pytest.fixture
def office() -> Office:
    return Office()


def test_whoever_is_invited_is_told_where_to_sign_in_and_no_secret(office: Office) -> None:
    office.invited()

    assert office.post() == [LetterOutcome.SENT]
    (mail,) = office.email.sent
    assert (mail.to, mail.stop_url) == (EMAIL, None)
    assert "https://track.example/console\n" in mail.text
    assert "Kuukkeli Oy" in mail.subject
    assert office.members.links == {}


def test_a_link_becomes_a_session_that_is_the_member(office: Office) -> None:
    member_id = office.invited()

    begun = office.begun()

    assert office.recognise(begun.text) == Actor(Role.DISPATCHER, member_id)
    assert begun.session.expires_at - begun.session.begun_at == timedelta(hours=12)
    assert begun.text not in str(office.stores)
    assert begun.text.rpartition("_")[2] not in str(office.stores)


@pytest.mark.parametrize("written", ["maija@example.com", "MAIJA@EXAMPLE.COM"])
def test_capitals_of_an_address_do_not_matter(office: Office, written: str) -> None:
    office.invited()

    office.sign_in.ask(written, network="n")

    assert office.post() == [LetterOutcome.SENT] * 2


def test_an_unknown_address_puts_the_same_letter_into_the_queue_to_nobody(office: Office) -> None:
    office.invited()
    office.queue.waiting.clear()

    for email in (EMAIL, "stranger@example.com"):
        office.sign_in.ask(email, network="n", next_path="/console/live")

    known, unknown = (json.loads(text) for text, _ in office.queue.waiting)
    assert known.keys() == unknown.keys()
    assert unknown["member_id"] == NOBODY
    assert "example.com" not in str(office.queue.waiting)
    assert office.post() == [LetterOutcome.SENT, LetterOutcome.NOBODY]


def test_a_lost_answer_is_given_again_for_a_minute_to_the_same_browser(office: Office) -> None:
    office.invited()
    code = office.code()
    first = office.sign_in.redeem(code, client="laptop")

    office.clock.at += seconds(60)
    again = office.sign_in.redeem(code, client="laptop")

    assert again == first
    with pytest.raises(NotFound):
        office.sign_in.redeem(code, client="phone")
    office.clock.at += seconds(1)
    with pytest.raises(NotFound):
        office.sign_in.redeem(code, client="laptop")


def test_a_link_works_for_ten_minutes_from_the_moment_it_was_asked_for(office: Office) -> None:
    office.invited()
    code = office.code()

    office.clock.at += minutes(10)

    with pytest.raises(NotFound):
        office.sign_in.redeem(code, client="laptop")


def test_a_letter_that_comes_too_late_is_not_sent(office: Office) -> None:
    office.invited()
    office.post()
    office.sign_in.ask(EMAIL, network="n")

    office.clock.at += minutes(10)

    assert office.post() == [LetterOutcome.EXPIRED]


def test_an_address_gets_five_letters_in_a_quarter_of_an_hour_and_nobody_is_told(
    office: Office,
) -> None:
    office.invited()
    office.post()

    for number in range(MOST_LETTERS + 3):
        office.sign_in.ask(EMAIL, network=f"n{number}")

    assert len(office.queue.waiting) == MOST_LETTERS
    office.clock.at += minutes(15)
    office.sign_in.ask(EMAIL, network="n")
    assert len(office.queue.waiting) == MOST_LETTERS + 1


def test_a_network_may_ask_thirty_times_and_is_told_when_again(office: Office) -> None:
    for number in range(MOST_ASKED):
        office.sign_in.ask(f"{number}@example.com", network="n")

    with pytest.raises(TooManyRequests) as refused:
        office.sign_in.ask("one@example.com", network="n")
    assert 0 < refused.value.retry_after_s <= 900
    office.sign_in.ask("one@example.com", network="another")


def test_signing_out_ends_this_browser_and_no_other(office: Office) -> None:
    office.invited()
    one, other = office.begun(), office.begun("phone")

    for _ in range(2):
        office.recognise.end(one.text)

    with pytest.raises(Unauthorized):
        office.recognise(one.text)
    assert office.recognise(other.text).role is Role.DISPATCHER


def test_signing_out_everywhere_ends_all_and_the_next_link_begins_anew(office: Office) -> None:
    office.invited()
    texts = [office.begun(client).text for client in ("laptop", "phone")]

    office.recognise.end_all(texts[0])

    for text in texts:
        with pytest.raises(Unauthorized):
            office.recognise(text)
    office.clock.at += minutes(15)
    assert office.recognise(office.begun().text).role is Role.DISPATCHER


def test_the_answer_to_a_sign_in_that_was_ended_is_not_given_again(office: Office) -> None:
    office.invited()
    code = office.code()
    office.recognise.end(office.sign_in.redeem(code, client="laptop").text)

    with pytest.raises(NotFound):
        office.sign_in.redeem(code, client="laptop")


def test_another_role_ends_all_sessions_and_another_name_none(office: Office) -> None:
    member_id = office.invited()
    begun = office.begun()

    office.manage.change(
        member_id, lambda member: replace(member, name="M."), expected=ANY, actor=BOSS
    )
    assert office.recognise(begun.text).role is Role.DISPATCHER
    office.manage.change(
        member_id, lambda member: replace(member, role=Role.ADMIN), expected=ANY, actor=BOSS
    )

    with pytest.raises(Unauthorized):
        office.recognise(begun.text)
    office.clock.at += minutes(15)
    assert office.recognise(office.begun().text).role is Role.ADMIN


def test_a_removed_member_is_out_at_once_and_for_ever_and_the_address_is_free(
    office: Office,
) -> None:
    member_id = office.invited()
    begun, link = office.begun(), office.code()

    removed = [office.manage.remove(member_id, actor=BOSS) for _ in range(2)]

    assert removed[0] == removed[1]
    assert removed[0].email is None
    with pytest.raises(Unauthorized):
        office.recognise(begun.text)
    office.clock.at += seconds(1)
    with pytest.raises(NotFound):  # a link that was on its way
        office.sign_in.redeem(link, client="laptop")
    for refused in (
        lambda: office.manage.invite_again(member_id),
        lambda: office.manage.change(member_id, lambda m: m, expected=ANY, actor=BOSS),
    ):
        with pytest.raises(NotFound):
            refused()
    assert office.invited() != member_id
    actions = [entry.action for entry in office.audit.entries]
    assert actions == ["member.created", "member.removed", "member.created"]
    assert EMAIL not in str(office.audit.entries)


def test_one_address_is_one_members(office: Office) -> None:
    member_id = office.invited()

    with pytest.raises(AddressTaken) as refused:
        office.invited(EMAIL.upper(), Role.ADMIN)

    assert refused.value.data == {"member_id": member_id}
    assert len(office.members.by_id) == 1


def test_a_shippers_member_has_a_shipper_and_nobody_else_has(office: Office) -> None:
    shop = make_shipper().id
    for role, more in ((Role.SHIPPER, {}), (Role.ADMIN, {"shipper_id": shop})):
        with pytest.raises(Invalid):
            office.invited(role=role, **more)
    with pytest.raises(Invalid):
        office.invited(role=Role.SHIPPER, shipper_id=ShipperId("shr_9"))
    member_id = office.invited(role=Role.SHIPPER, shipper_id=shop)
    assert office.recognise(office.begun().text).shipper_id == shop

    office.shippers.put(make_shipper(deactivated_at=office.clock.now()))
    with pytest.raises(Deactivated):
        office.invited("b@example.com", Role.SHIPPER, shipper_id=shop)
    with pytest.raises(Invalid):
        office.manage.change(
            member_id, lambda m: replace(m, role=Role.ADMIN), expected=ANY, actor=BOSS
        )


def test_a_key_with_scopes_makes_nobody_who_may_do_more(office: Office) -> None:
    narrow = Actor(Role.ADMIN, "key_narrow", scopes=frozenset({"members:write"}))
    member_id = office.invited()

    with pytest.raises(Invalid):
        office.manage.invite("Eve", email="e@example.com", role=Role.ADMIN, actor=narrow)
    with pytest.raises(Invalid):
        office.manage.change(
            member_id, lambda m: replace(m, role=Role.ADMIN), expected=ANY, actor=narrow
        )
    assert office.members.get(member_id).role is Role.DISPATCHER


def test_a_change_of_what_is_not_there_any_more_is_refused(office: Office) -> None:
    member_id = office.invited()

    with pytest.raises(Outdated):
        office.manage.change(
            member_id, lambda m: m, expected=Expected(frozenset({7})), actor=OPERATOR
        )


def test_twenty_browsers_are_signed_in_and_the_oldest_makes_room(office: Office) -> None:
    office.invited()
    texts = []
    for _ in range(MOST_SESSIONS + 1):
        office.clock.at += minutes(15)
        texts.append(office.begun().text)

    with pytest.raises(Unauthorized):
        office.recognise(texts[0])
    assert all(office.recognise(text) for text in texts[1:])


def test_a_letter_is_sent_once_however_often_it_comes(office: Office) -> None:
    office.invited()
    office.sign_in.ask(EMAIL, network="n")
    letters = [from_text(text) for text, _ in office.queue.waiting]
    send = office.use(SendLetter)

    outcomes = [send(letter).outcome for letter in letters * 2]

    assert outcomes == [LetterOutcome.SENT] * 2 + [LetterOutcome.ALREADY_DONE] * 2
    assert len(office.email.sent) == 2


@pytest.mark.parametrize(
    ("fault", "first", "then"),
    [
        (Unavailable(), LetterOutcome.FAILED, LetterOutcome.SENT),
        (AnswerLost(), LetterOutcome.ANSWER_LOST, LetterOutcome.HELD),
        (Invalid(code="email_refused"), LetterOutcome.REJECTED, LetterOutcome.ALREADY_DONE),
    ],
    ids=["failed", "answer-lost", "refused"],
)
def test_a_letter_that_failed_comes_again_and_one_that_may_have_gone_waits(
    office: Office, fault: Exception, first: LetterOutcome, then: LetterOutcome
) -> None:
    office.invited()
    (letter,) = [from_text(text) for text, _ in office.queue.waiting]
    office.email.answers.append(fault)
    send = office.use(SendLetter)

    assert [send(letter).outcome, send(letter).outcome] == [first, then]


def test_an_invitation_that_comes_before_its_member_waits_and_then_is_over(office: Office) -> None:
    letter = Letter("1", LetterKind.INVITATION, MemberId("mbr_none"), office.clock.now())
    send = office.use(SendLetter)

    early = send(letter)
    office.clock.at += minutes(1)

    assert (early.outcome, early.is_complete) == (LetterOutcome.TOO_EARLY, False)
    assert send(letter).outcome is LetterOutcome.NOBODY


def test_nobody_is_invited_where_no_letter_can_be_sent(office: Office) -> None:
    office.queue.answers.append(Unavailable())

    with pytest.raises(Unavailable):
        office.invited()

    assert office.members.by_id == {}
    assert office.invited()


@pytest.mark.parametrize(
    "text", ["", "ds_ses_", "ds_ses__", "ds_ses_x_y", f"ds_ses_{'0' * 26}_", f"ds_ses_{'ä' * 26}_x"]
)
def test_what_is_no_session_is_nobody(office: Office, text: str) -> None:
    with pytest.raises(Unauthorized):
        office.recognise(text)
    office.recognise.end(text)
    office.recognise.end_all(text)
