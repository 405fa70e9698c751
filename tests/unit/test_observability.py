import json

import pytest

from chalicelib.observability import Metric, count, counted

pytestmark = pytest.mark.usefixtures("nothing_counted_yet")


def test_what_is_counted_is_written_once_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with counted():
        count(Metric.NOTICES_SENT)
        count(Metric.NOTICES_SENT, 2)
        count(Metric.WEBHOOKS_FAILED)

    (line,) = capsys.readouterr().out.splitlines()
    written = json.loads(line)
    assert written["notices_sent"] == [1.0, 2.0]
    assert written["webhooks_failed"] == [1.0]
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Doorstep"


def test_nothing_counted_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with counted():
        count(Metric.NOTICES_SENT, 0)

    assert capsys.readouterr().out == ""


def test_a_failure_is_counted_too(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with counted():
            count(Metric.NOTICES_FAILED)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert "notices_failed" in capsys.readouterr().out
