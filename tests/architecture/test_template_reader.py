"""`infra.template` reads resources.yaml as Chalice does and names things as CloudFormation does."""

import json

import pytest

from infra.package import LAYER, Generated
from infra.template import QUEUE, SUBSCRIPTION, TABLE, Stack, UnknownIntrinsic, load


def test_chalice_reads_the_same_resources(generated_prod: Generated) -> None:
    declared = {name: each for name, each in load()["Resources"].items() if "Type" in each}
    merged = {name: generated_prod.template["Resources"][name] for name in declared}
    layers = {name for name, each in declared.items() if each["Type"] == LAYER}

    assert {name: merged[name] for name in merged.keys() - layers} == {
        name: declared[name] for name in declared.keys() - layers
    }
    for name in layers:  # their name and their Python are added for each stage
        assert merged[name]["Properties"].items() >= declared[name]["Properties"].items()


def test_nothing_is_left_unresolved() -> None:
    resolved = [resource.properties for resource in Stack("dev").resources()]
    without_dashboard = [each for each in resolved if "DashboardBody" not in each]
    text = json.dumps(without_dashboard)

    assert not [sign for sign in ('"Ref"', '"Fn::', "${") if sign in text]


def test_names_carry_the_stage_and_the_bucket_the_account() -> None:
    stack = Stack("blue", account_id="210987654321")

    assert {table.name for table in stack.resources(TABLE)} == {
        f"doorstep-blue-{noun}"
        for noun in ("shipments", "routes", "fleet", "accounts", "travel", "ledger", "metrics")
    }
    assert stack.resource("ProofsBucket").name == "doorstep-blue-proofs-210987654321"


def test_a_topic_is_referred_to_by_arn_and_a_queue_by_url() -> None:
    stack = Stack("dev", account_id="210987654321", region="eu-north-1")

    topic, queue = stack.resource("ShipmentEventsTopic"), stack.resource("NoticesQueue")

    assert topic.ref == "arn:aws:sns:eu-north-1:210987654321:doorstep-dev-shipment-events"
    assert queue.ref == "https://sqs.eu-north-1.amazonaws.com/210987654321/doorstep-dev-notices"
    assert queue.arn == "arn:aws:sqs:eu-north-1:210987654321:doorstep-dev-notices"


def test_a_dead_letter_queue_is_named_where_it_is_used() -> None:
    stack = Stack("dev")
    dead = {queue.arn for queue in stack.resources(QUEUE) if queue.name.endswith("-dlq")}

    used = {
        queue.properties["RedrivePolicy"]["deadLetterTargetArn"]
        for queue in stack.resources(QUEUE)
        if "RedrivePolicy" in queue.properties
    }
    parked = stack.event_source("PublishEvents")["DestinationConfig"]["OnFailure"]["Destination"]

    assert used | {parked} == dead


def test_a_condition_that_does_not_hold_leaves_its_resource_out() -> None:
    def protocols(parameters: dict[str, str]) -> set[str]:
        stack = Stack("dev", parameters=parameters)
        return {each.properties["Protocol"] for each in stack.resources(SUBSCRIPTION)}

    assert protocols({}) == {"sqs"}
    assert protocols({"AlarmEmail": "ops@example.com"}) == {"sqs", "email"}


def test_a_number_stays_a_number() -> None:
    bucket = Stack("dev", parameters={"ProofRetentionDays": "30"}).resource("ProofsBucket")
    rules = {rule["Id"]: rule for rule in bucket.properties["LifecycleConfiguration"]["Rules"]}

    assert rules["quarantine"]["ExpirationInDays"] == 30


def test_parameters_reach_the_environment() -> None:
    stack = Stack("dev", parameters={"TileUrl": "streets:helsinki.json"})

    assert stack.environment()["TILE_URL"] == "streets:helsinki.json"


def test_an_intrinsic_that_is_not_known_is_not_guessed() -> None:
    with pytest.raises(UnknownIntrinsic):
        Stack("dev").resolve({"Fn::ImportValue": "x"})
