"""What reaches the function that counts metrics, and when."""

from datetime import timedelta
from typing import Any

from chalicelib.domain.metrics.news import OF_ROUTES, OF_SHIPMENTS
from chalicelib.domain.policy import Policy
from chalicelib.services.metrics.count_metrics import CLOCKS_DIFFER
from tests.architecture.templates import QUEUE, Packaged, referred


def subscription(dev: Packaged) -> dict[str, Any]:
    (found,) = (
        each
        for each in dev.resources("AWS::SNS::Subscription").values()
        if each["Protocol"] == "sqs" and referred(each["Endpoint"]) == "MetricsQueue"
    )
    return found


def test_the_queue_gets_exactly_the_news_that_changes_metrics(dev: Packaged) -> None:
    wanted = {each.value for each in OF_ROUTES | OF_SHIPMENTS}

    assert set(subscription(dev)["FilterPolicy"]["type"]) == wanted


def test_news_is_held_back_for_longer_than_two_clocks_differ(dev: Packaged) -> None:
    delay = timedelta(seconds=dev.resources(QUEUE)["MetricsQueue"]["DelaySeconds"])

    assert CLOCKS_DIFFER < delay < timedelta(minutes=15)
    assert delay > Policy().fix_future_limit


def test_few_count_at_once(dev: Packaged) -> None:
    (source,) = (
        each for each in dev.queues().values() if referred(each["EventSourceArn"]) == "MetricsQueue"
    )

    assert source["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert source["BatchSize"] == 10
