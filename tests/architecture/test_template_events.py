"""Events are lost nowhere: what the template says of streams, queues, the topic and alarms.

All looks are at the transformed template: what CloudFormation gets in the end.
"""

import json
from typing import Any

from chalicelib.domain.policy import NOTICE_LEASE_S
from chalicelib.domain.shipments.events import EventType
from tests.architecture.templates import EVENT_SOURCE, FUNCTION, QUEUE, Packaged, referred

A_DAY_S = 86_400
ENDING = [
    "shipment.delivered",
    "shipment.returned",
    "shipment.cancelled",
    "shipment.superseded",
    "proof.added",
    "proof.rejected",
    "proof.missing",
    "message.sent",
    "shipment.rated",
    "shipment.reported",
    "shipment.concern_closed",
    "shipment.preferences_changed",
    "shipment.recipient_forgotten",
]


def keys(prefix: str) -> dict[str, Any]:
    return {"Keys": {"item": {"S": [{"prefix": prefix}]}}}


def test_two_streams_have_three_readers_and_each_queue_has_one(dev: Packaged) -> None:
    assert len(dev.streams()) == 3
    assert {referred(source["EventSourceArn"]) for source in dev.queues().values()} == {
        "NoticesQueue",
        "WebhooksQueue",
        "ImportsQueue",
        "InspectionsQueue",
        "EvidenceQueue",
        "MetricsQueue",
    }


def test_every_event_source_reports_partial_failures(dev: Packaged) -> None:
    for source in dev.resources(EVENT_SOURCE).values():
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_record_that_fails_stops_its_shard_for_a_while_only(dev: Packaged) -> None:
    tries = {referred(s["FunctionName"]): s["MaximumRetryAttempts"] for s in dev.streams().values()}

    assert tries["PublishEvents"] == 10_000, "what may pass is tried on: poison is set aside"
    assert 1 <= tries["LearnTravelTimes"] <= 100
    for source in dev.streams().values():
        assert 0 < source["MaximumRecordAgeInSeconds"] < A_DAY_S
        assert source["BisectBatchOnFunctionError"] is True


def test_what_the_stream_consumer_gives_up_on_is_kept(dev: Packaged) -> None:
    for source in dev.streams().values():
        parked = referred(source["DestinationConfig"]["OnFailure"]["Destination"])

        assert dev.resources(QUEUE)[parked]["MessageRetentionPeriod"] == 14 * A_DAY_S


def test_events_written_during_a_deployment_are_read(dev: Packaged) -> None:
    assert {source["StartingPosition"] for source in dev.streams().values()} == {"TRIM_HORIZON"}


def test_only_new_items_of_their_kind_wake_the_stream_consumers(dev: Packaged) -> None:
    patterns = {
        referred(source["FunctionName"]): [
            json.loads(criterion["Pattern"]) for criterion in source["FilterCriteria"]["Filters"]
        ]
        for source in dev.streams().values()
    }

    assert patterns == {
        function: [{"eventName": ["INSERT"], "dynamodb": {**keys(prefix), **image}}]
        for function, prefix, image in (
            ("PublishEvents", "EVENT#", {}),
            ("ExpireShipments", "EVENT#", {"NewImage": {"type": {"S": ENDING}}}),
            ("LearnTravelTimes", "DEPARTURE#", {}),
        )
    }
    assert set(ENDING) <= set(EventType)


def test_every_source_queue_gives_up_into_a_dead_letter_queue(dev: Packaged) -> None:
    declared = dev.resources(QUEUE)
    for source in dev.queues().values():
        redrive = declared[referred(source["EventSourceArn"])]["RedrivePolicy"]

        assert 2 <= redrive["maxReceiveCount"] <= 10
        assert "RedrivePolicy" not in declared[referred(redrive["deadLetterTargetArn"])]


def test_a_message_stays_hidden_for_six_timeouts_and_the_window_of_its_batch(dev: Packaged) -> None:
    for source in dev.queues().values():
        queue = dev.resources(QUEUE)[referred(source["EventSourceArn"])]
        timeout_s = dev.resources(FUNCTION)[referred(source["FunctionName"])]["Timeout"]

        window_s = source.get("MaximumBatchingWindowInSeconds", 0)
        assert queue["VisibilityTimeout"] >= 6 * timeout_s + window_s


def test_a_senders_lease_outlives_its_function(dev: Packaged) -> None:
    senders = {"NotifyRecipient", "DeliverWebhook"}
    found = {referred(source["FunctionName"]) for source in dev.queues().values()}
    assert senders <= found
    for sender in senders:
        assert dev.resources(FUNCTION)[sender]["Timeout"] + 60 <= NOTICE_LEASE_S


def test_events_reach_the_queues_raw_and_are_kept_when_they_cannot(dev: Packaged) -> None:
    subscriptions = [
        subscription
        for subscription in dev.resources("AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "sqs"
    ]

    assert sorted(referred(subscription["TopicArn"]) for subscription in subscriptions) == [
        "InboundTextsTopic",
        *["ShipmentEventsTopic"] * 4,
    ]
    for subscription in subscriptions:
        assert subscription["RawMessageDelivery"] is True
        assert referred(subscription["RedrivePolicy"]["deadLetterTargetArn"]).endswith("Dlq")


def test_phones_are_heard_through_a_topic_that_only_aws_may_write_to(dev: Packaged) -> None:
    (policy,) = dev.resources("AWS::SNS::TopicPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert [referred(topic) for topic in policy["Topics"]] == ["InboundTextsTopic"]
    assert statement["Principal"] == {"Service": "sms-voice.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_the_topic_may_write_to_each_queue_and_dead_letter_queue_that_it_feeds(
    dev: Packaged,
) -> None:
    fed = {
        referred(target)
        for subscription in dev.resources("AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "sqs"
        for target in (
            subscription["Endpoint"],
            subscription["RedrivePolicy"]["deadLetterTargetArn"],
        )
    }
    allowed = {
        referred(statement["Resource"])
        for policy in dev.resources("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": "sns.amazonaws.com"}
        and statement["Condition"]
        == {"ArnEquals": {"aws:SourceArn": {"Ref": "ShipmentEventsTopic"}}}
    }

    assert fed == allowed


def test_new_files_in_quarantine_reach_their_queue_or_its_dead_letter_queue(dev: Packaged) -> None:
    rule = dev.resources("AWS::Events::Rule")["UploadsRule"]
    (target,) = rule["Targets"]

    assert rule["EventPattern"]["source"] == ["aws.s3"]
    assert rule["EventPattern"]["detail"]["object"]["key"] == [{"prefix": "quarantine/"}]
    assert referred(target["Arn"]) == "InspectionsQueue"
    assert referred(target["DeadLetterConfig"]["Arn"]) == "InspectionsDlq"
    allowed = {
        referred(statement["Resource"])
        for policy in dev.resources("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "events.amazonaws.com"}
        and statement["Condition"]
        == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["UploadsRule", "Arn"]}}}
    }
    assert allowed == {"InspectionsQueue", "InspectionsDlq"}


def test_new_files_of_orders_reach_their_queue_or_its_dead_letter_queue(dev: Packaged) -> None:
    rule = dev.resources("AWS::Events::Rule")["ImportsRule"]
    (target,) = rule["Targets"]

    assert rule["EventPattern"]["source"] == ["aws.s3"]
    assert rule["EventPattern"]["detail"]["object"]["key"] == [{"prefix": "imports/files/"}]
    assert referred(target["Arn"]) == "ImportsQueue"
    assert referred(target["DeadLetterConfig"]["Arn"]) == "ImportsDlq"
    allowed = {
        referred(statement["Resource"])
        for policy in dev.resources("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "events.amazonaws.com"}
        and statement["Condition"]
        == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ImportsRule", "Arn"]}}}
    }
    assert allowed == {"ImportsQueue", "ImportsDlq"}


def test_every_queue_is_encrypted_at_rest_and_in_transit(dev: Packaged) -> None:
    over_tls = {
        referred(statement["Resource"])
        for policy in dev.resources("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    }

    assert over_tls == set(dev.resources(QUEUE))
    assert all(queue["SqsManagedSseEnabled"] for queue in dev.resources(QUEUE).values())
