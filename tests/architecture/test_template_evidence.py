"""The key that seals evidence, who may use it, and what reaches the function that seals."""

from datetime import timedelta
from typing import Any

from chalicelib.domain.evidence.links import KINDS
from chalicelib.services.evidence.sweep_evidence import EVERY as SWEPT_EVERY
from chalicelib.services.evidence.sweep_evidence import LOOKS_BACK, SEALED_WITHIN
from infra.template import load
from tests.architecture.templates import QUEUE, Packaged, referred


def test_the_key_signs_only_stays_when_the_stack_goes_and_has_an_alias(dev: Packaged) -> None:
    (key,) = dev.resources("AWS::KMS::Key").values()
    (alias,) = dev.resources("AWS::KMS::Alias").values()

    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert key["PendingWindowInDays"] == 30
    declared = load()["Resources"]["EvidenceKey"]  # packaging lets it go with dev
    assert declared["DeletionPolicy"] == "RetainExceptOnCreate"
    assert declared["UpdateReplacePolicy"] == "Retain"
    assert referred(alias["TargetKeyId"]) == "EvidenceKey"


def test_the_key_leaves_all_rights_to_the_policies_of_roles(dev: Packaged) -> None:
    (key,) = dev.resources("AWS::KMS::Key").values()
    (statement,) = key["KeyPolicy"]["Statement"]

    assert statement["Principal"]["AWS"]["Fn::Sub"].endswith(":root")


def test_only_the_function_that_seals_may_sign(dev: Packaged) -> None:
    uses = {
        (name, action)
        for name, role in dev.resources("AWS::IAM::Role").items()
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        if action.startswith("kms:")
    }

    assert uses == {
        ("SealEvidenceRole", "kms:GetPublicKey"),
        ("SealEvidenceRole", "kms:Sign"),
    }


def test_no_function_may_change_or_delete_a_manifest_but_to_let_it_expire(dev: Packaged) -> None:
    deleting = {
        name
        for name, role in dev.resources("AWS::IAM::Role").items()
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "dynamodb:DeleteItem" in statement["Action"]
        and "ShipmentsTable" in str(statement["Resource"])
    }

    assert deleting == set()


def test_the_queue_gets_exactly_the_events_that_manifests_are_made_for(dev: Packaged) -> None:
    assert set(subscription(dev)["FilterPolicy"]["type"]) == {each.value for each in KINDS}


def test_what_waits_for_its_batch_is_not_late(dev: Packaged) -> None:
    (source,) = (
        source
        for source in dev.queues().values()
        if referred(source["EventSourceArn"]) == "EvidenceQueue"
    )
    delay_s = dev.resources(QUEUE)["EvidenceQueue"]["DelaySeconds"]
    waits = timedelta(seconds=delay_s + source["MaximumBatchingWindowInSeconds"])

    assert 2 * waits < SEALED_WITHIN
    assert LOOKS_BACK >= 3 * SWEPT_EVERY + SEALED_WITHIN
    assert source["BatchSize"] == 100


def subscription(dev: Packaged) -> dict[str, Any]:
    (found,) = (
        each
        for each in dev.resources("AWS::SNS::Subscription").values()
        if each["Protocol"] == "sqs" and referred(each["Endpoint"]) == "EvidenceQueue"
    )
    return found
