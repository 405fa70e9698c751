import pytest

from chalicelib.domain.notices.channels import (
    CALM,
    MOST_TEXTS,
    NOTHING_COMES,
    SUBJECTS,
    Channel,
    is_wanted,
    most_texts,
    ways,
)
from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.preferences.preferences import NO_PREFERENCES, Preferences, Subject, Way
from chalicelib.domain.shipments.shipments import Shipment
from tests.support.builders import NOON, make_recipient, make_shipment


def told(preferences: Preferences = NO_PREFERENCES, **recipient: str | None) -> Shipment:
    return make_shipment(recipient=make_recipient(**recipient), preferences=preferences)


@pytest.mark.parametrize("kind", Kind)
def test_calm_news_go_by_mail_and_what_cannot_wait_by_sms(kind: Kind) -> None:
    first, second = ways(kind, make_shipment())

    assert first is (Channel.EMAIL if kind in CALM else Channel.SMS)
    assert second is not first


@pytest.mark.parametrize("kind", Kind)
def test_who_has_one_address_is_told_there(kind: Kind) -> None:
    assert ways(kind, told(phone=None)) == (Channel.EMAIL,)
    assert ways(kind, told(email=None)) == (Channel.SMS,)
    assert ways(kind, told(email=None, phone=None)) == ()


def test_one_sms_more_says_that_nothing_comes_if_that_is_the_only_way() -> None:
    phone_only, both = make_recipient(email=None), make_recipient()

    assert {most_texts(kind, phone_only) for kind in NOTHING_COMES} == {MOST_TEXTS + 1}
    assert {most_texts(kind, both) for kind in NOTHING_COMES} == {MOST_TEXTS}
    assert most_texts(Kind.ARRIVING, phone_only) == MOST_TEXTS
    assert most_texts(Kind.MESSAGE, phone_only) is None


@pytest.mark.parametrize("kind", Kind)
def test_what_the_recipient_prefers_comes_first(kind: Kind) -> None:
    def by(way: Way, **recipient: str | None) -> tuple[Channel, ...]:
        return ways(kind, told(Preferences({SUBJECTS[kind]: way}), **recipient))

    assert by(Way.EMAIL) == (Channel.EMAIL,)
    assert by(Way.SMS) == (Channel.SMS, Channel.EMAIL)
    assert by(Way.BEST) == ways(kind, told())
    assert by(Way.EMAIL, email=None) == by(Way.SMS, email=None) == (Channel.SMS,)
    assert by(Way.SMS, phone=None) == (Channel.EMAIL,)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_wanted_and_what_is_stopped_is_not_told(kind: Kind) -> None:
    assert is_wanted(kind, told())
    assert not is_wanted(kind, told(Preferences({SUBJECTS[kind]: Way.NONE})))
    assert not is_wanted(kind, told(Preferences(stopped_at=NOON)))
    others = {each: Way.NONE for each in Subject if each is not SUBJECTS[kind]}
    assert is_wanted(kind, told(Preferences(others)))
