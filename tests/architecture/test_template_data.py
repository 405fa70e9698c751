"""Data is kept, hidden and forgotten as the template says: tables and the bucket of proofs."""

import pytest

from chalicelib.domain.imports.imports import FOLDER, KEPT_FOR
from infra.template import Stack
from tests.architecture.templates import TABLE, Packaged


def test_every_table_is_on_demand_backed_up_and_encrypted(dev: Packaged) -> None:
    assert len(dev.resources(TABLE)) == 7
    for table in dev.resources(TABLE).values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}


def test_what_expires_says_so_in_one_attribute(dev: Packaged) -> None:
    expiring = {
        logical_id: table["TimeToLiveSpecification"]
        for logical_id, table in dev.resources(TABLE).items()
        if "TimeToLiveSpecification" in table
    }

    assert set(expiring) == {
        "FleetTable",
        "AccountsTable",
        "LedgerTable",
        "MetricsTable",
        "RoutesTable",
        "ShipmentsTable",
        "TravelTable",
    }
    assert all(ttl == {"AttributeName": "expires_at", "Enabled": True} for ttl in expiring.values())


def test_every_table_and_index_has_a_highest_price(dev: Packaged) -> None:
    maxima = {
        "MaxReadRequestUnits": {"Ref": "TableMaxReadUnits"},
        "MaxWriteRequestUnits": {"Ref": "TableMaxWriteUnits"},
    }
    for table in dev.resources(TABLE).values():
        for each in (table, *table.get("GlobalSecondaryIndexes", ())):
            assert each["OnDemandThroughput"] == maxima


def test_only_events_and_departures_are_streamed(dev: Packaged) -> None:
    specifications = {
        logical_id: table["StreamSpecification"]
        for logical_id, table in dev.resources(TABLE).items()
        if "StreamSpecification" in table
    }

    assert specifications == {
        "ShipmentsTable": {"StreamViewType": "NEW_IMAGE"},
        "RoutesTable": {"StreamViewType": "KEYS_ONLY"},
    }


def test_nothing_that_a_fix_changes_is_in_an_index(dev: Packaged) -> None:
    assert "GlobalSecondaryIndexes" not in dev.resources(TABLE)["FleetTable"]


@pytest.mark.parametrize(("stage", "protected"), [("dev", False), ("prod", True)])
def test_only_prod_is_protected_from_deletion(*, stage: str, protected: bool) -> None:
    tables = [Stack(stage).resource(name) for name in ("ShipmentsTable", "LedgerTable")]

    assert {table.properties["DeletionProtectionEnabled"] for table in tables} == {protected}


@pytest.mark.parametrize(("stage", "policy"), [("dev", "Delete"), ("prod", "RetainExceptOnCreate")])
def test_data_outlives_its_stack_in_prod_only(
    stage: str, policy: str, request: pytest.FixtureRequest
) -> None:
    packaged: Packaged = request.getfixturevalue(stage)
    kept = {
        resource["DeletionPolicy"]
        for resource in packaged.stack["Resources"].values()
        if resource["Type"] in {TABLE, "AWS::S3::Bucket"}
    }

    assert kept == {policy}


def test_proofs_are_private_encrypted_and_reachable_from_a_browser(dev: Packaged) -> None:
    (bucket,) = dev.resources("AWS::S3::Bucket").values()

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert {"GET", "POST"} <= set(rule["AllowedMethods"])
    assert rule["AllowedOrigins"] == ["*"]


def test_unfinished_and_unchecked_uploads_do_not_stay(dev: Packaged) -> None:
    (bucket,) = dev.resources("AWS::S3::Bucket").values()
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"]
    for prefix in ("quarantine", "rejected"):
        assert rules[prefix]["Prefix"] == f"{prefix}/"
        assert rules[prefix]["ExpirationInDays"] == 30
        assert rules[prefix]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert rules["proofs"]["Prefix"] == "proofs/"
    assert rules["proofs"]["ExpirationInDays"] == {"Ref": "ProofRetentionDays"}


def test_files_of_orders_are_kept_as_long_as_their_imports(dev: Packaged) -> None:
    (bucket,) = dev.resources("AWS::S3::Bucket").values()
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert rules["imports"]["Prefix"] == FOLDER
    assert rules["imports"]["ExpirationInDays"] == KEPT_FOR.days
    assert rules["imports"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_new_proofs_are_told_to_eventbridge(dev: Packaged) -> None:
    (bucket,) = dev.resources("AWS::S3::Bucket").values()

    assert bucket["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
