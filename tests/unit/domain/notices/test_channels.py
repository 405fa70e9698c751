import pytest

from chalicelib.domain.notices.channels import (
    CALM,
    MOST_TEXTS,
    NOTHING_COMES,
    Channel,
    most_texts,
    ways,
)
from chalicelib.domain.notices.kinds import Kind
from tests.support.builders import make_recipient


@pytest.mark.parametrize("kind", Kind)
def test_calm_news_go_by_mail_and_what_cannot_wait_by_sms(kind: Kind) -> None:
    first, second = ways(kind, make_recipient())

    assert first is (Channel.EMAIL if kind in CALM else Channel.SMS)
    assert second is not first


@pytest.mark.parametrize("kind", Kind)
def test_who_has_one_address_is_told_there(kind: Kind) -> None:
    assert ways(kind, make_recipient(phone=None)) == (Channel.EMAIL,)
    assert ways(kind, make_recipient(email=None)) == (Channel.SMS,)
    assert ways(kind, make_recipient(email=None, phone=None)) == ()


def test_one_sms_more_says_that_nothing_comes_if_that_is_the_only_way() -> None:
    phone_only, both = make_recipient(email=None), make_recipient()

    assert {most_texts(kind, phone_only) for kind in NOTHING_COMES} == {MOST_TEXTS + 1}
    assert {most_texts(kind, both) for kind in NOTHING_COMES} == {MOST_TEXTS}
    assert most_texts(Kind.ARRIVING, phone_only) == MOST_TEXTS
    assert most_texts(Kind.MESSAGE, phone_only) is None
