"""What the template says of functions, their roles, the API before them, and alarms."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import NotFound, TooLarge, Unavailable
from chalicelib.edge.problems import PROBLEM, SENTENCES, problem_response
from chalicelib.observability import Metric, count, counted, name_stage
from chalicelib.services.evidence import sweep_evidence
from chalicelib.services.imports.import_shipments import NEEDED_S
from chalicelib.services.ports.senders import LONGEST_DELAY_S
from chalicelib.services.proofs.sweep_proofs import EVERY
from chalicelib.services.repeats import LEASE
from infra.lint import findings, transform
from infra.package import start_from_snapshots
from tests.architecture.templates import FUNCTION, QUEUE, Packaged, referred


def test_every_handler_is_in_app(dev: Packaged) -> None:
    handlers = {function["Handler"] for function in dev.resources(FUNCTION).values()}

    assert handlers == {
        "app.app",
        "app.publish_events",
        "app.expire_shipments",
        "app.learn_travel_times",
        "app.sweep_fleet",
        "app.notify_recipient",
        "app.deliver_webhook",
        "app.import_shipments",
        "app.inspect_proof",
        "app.sweep_proofs",
        "app.seal_evidence",
        "app.sweep_evidence",
        "app.count_metrics",
    }


def test_every_function_runs_on_arm_with_memory_and_time_that_we_chose(dev: Packaged) -> None:
    for function in dev.resources(FUNCTION).values():
        assert function["Architectures"] == ["arm64"]
        assert function["MemorySize"] >= 256
        assert function["Timeout"] != 60 or function["Handler"] != "app.app"
    assert dev.resources(FUNCTION)["APIHandler"]["Timeout"] < 29


def test_the_claim_of_a_request_outlives_the_function_that_answers_it(dev: Packaged) -> None:
    assert dev.resources(FUNCTION)["APIHandler"]["Timeout"] < LEASE.total_seconds()


def test_every_function_writes_to_a_log_group_that_forgets(dev: Packaged) -> None:
    groups = {
        group["LogGroupName"]["Fn::Sub"]: group["RetentionInDays"]
        for group in dev.resources("AWS::Logs::LogGroup").values()
    }

    assert set(groups) == {"/doorstep/${Stage}/api-access"} | {
        f"/aws/lambda/${{{logical_id}}}" for logical_id in dev.resources(FUNCTION)
    }
    assert all(1 <= days <= 400 for days in groups.values())


def statements(packaged: Packaged) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, role in packaged.resources("AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield logical_id, statement


def test_every_function_has_a_role_of_its_own_with_only_what_its_file_says(dev: Packaged) -> None:
    roles = [referred(function["Role"]) for function in dev.resources(FUNCTION).values()]

    assert len(set(roles)) == len(roles)
    assert {*roles, "ApiGatewayLogsRole"} == set(dev.resources("AWS::IAM::Role"))
    assert not any("ManagedPolicyArns" in role for role in dev.resources("AWS::IAM::Role").values())


def test_no_role_may_do_everything_or_touch_everything(dev: Packaged) -> None:
    for role, statement in statements(dev):
        where = (role, statement["Sid"])
        assert statement["Effect"] == "Allow", where
        assert all(
            "*" not in action and action.count(":") == 1 for action in statement["Action"]
        ), where
        assert "*" not in statement.get("Resource", ()), where
        if "NotResource" in statement:  # a phone number has no ARN: all that is no ARN of SNS
            assert statement["Action"] == ["sns:Publish"], where
            assert statement["NotResource"] == [{"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}]


def test_the_webhook_sender_reads_endpoints_and_writes_its_ledger_and_no_more(
    dev: Packaged,
) -> None:
    tables = {
        referred(resource): set(statement["Action"])
        for role, statement in statements(dev)
        if role == "DeliverWebhookRole" and statement["Action"][0].startswith("dynamodb:")
        for resource in statement["Resource"]
    }

    assert set(tables) == {"AccountsTable", "LedgerTable"}
    assert tables["AccountsTable"] == {"dynamodb:PutItem", "dynamodb:Query"}  # 410 switches off


def touching(packaged: Packaged, resource: str) -> set[str]:
    return {
        role
        for role, statement in statements(packaged)
        if resource in json.dumps(statement.get("Resource", ()))
    }


def test_few_may_touch_proofs_and_positions(dev: Packaged) -> None:
    assert touching(dev, "ProofsBucket") == {
        "ApiHandlerRole",
        "ImportShipmentsRole",
        "InspectProofRole",
        "SweepProofsRole",
    }
    assert touching(dev, "FleetTable") == {
        "ApiHandlerRole",
        "CountMetricsRole",
        "SealEvidenceRole",
        "SweepFleetRole",
    }


def test_nobody_but_the_inspection_reads_quarantine_or_writes_what_is_shown(dev: Packaged) -> None:
    rights = {
        (role, action, resource["Fn::Sub"].rpartition("Arn}")[2])
        for role, statement in statements(dev)
        for action in statement["Action"]
        for resource in statement.get("Resource", ())
        if action.startswith("s3:") and "Fn::Sub" in resource
    }

    assert {right for right in rights if right[0] == "ApiHandlerRole"} == {
        ("ApiHandlerRole", "s3:GetObject", "/proofs/*"),
        ("ApiHandlerRole", "s3:GetObject", "/imports/reports/*"),
        ("ApiHandlerRole", "s3:GetObject", "/bundles/*"),
        ("ApiHandlerRole", "s3:PutObject", "/bundles/*"),
        ("ApiHandlerRole", "s3:PutObject", "/quarantine/*"),
        ("ApiHandlerRole", "s3:PutObject", "/imports/files/*"),
    }
    assert {role for role, _, place in rights if place in {"/proofs/*", "/rejected/*"}} == {
        "ApiHandlerRole",
        "InspectProofRole",
    }


def test_an_import_reads_uploads_writes_reports_and_touches_no_proof(dev: Packaged) -> None:
    rights = {
        (action, resource["Fn::Sub"].rpartition("Arn}")[2])
        for role, statement in statements(dev)
        if role == "ImportShipmentsRole"
        for action in statement["Action"]
        for resource in statement["Resource"]
        if action in {"s3:GetObject", "s3:PutObject"}
    }

    assert rights == {
        ("s3:GetObject", "/imports/files/*"),
        ("s3:GetObject", "/imports/parts/*"),
        ("s3:PutObject", "/imports/parts/*"),
        ("s3:PutObject", "/imports/reports/*"),
    }


def test_a_run_of_an_import_ends_by_itself_long_before_its_time_is_up(dev: Packaged) -> None:
    assert dev.resources(FUNCTION)["ImportShipments"]["Timeout"] > 2 * NEEDED_S


def test_the_fleet_is_swept_each_minute_and_a_failed_sweep_is_not_repeated(dev: Packaged) -> None:
    rules = dev.resources("AWS::Events::Rule").values()
    scheduled = {
        referred(rule["Targets"][0]["Arn"]): rule["ScheduleExpression"]
        for rule in rules
        if "ScheduleExpression" in rule
    }
    invocations = {
        referred(each["FunctionName"]): each["MaximumEventAgeInSeconds"]
        for each in dev.resources("AWS::Lambda::EventInvokeConfig").values()
        if each["MaximumRetryAttempts"] == 0
    }

    assert scheduled == {
        "SweepFleet": "rate(1 minute)",
        "SweepProofs": "rate(15 minutes)",
        "SweepEvidence": "rate(1 hour)",
    }
    assert invocations == {"SweepFleet": 60, "SweepProofs": 300, "SweepEvidence": 300}
    assert (timedelta(minutes=15), timedelta(hours=1)) == (EVERY, sweep_evidence.EVERY)


def test_the_api_is_regional_has_one_stage_and_a_highest_price(dev: Packaged) -> None:
    (api,) = dev.resources("AWS::ApiGateway::RestApi").values()
    (stage,) = dev.resources("AWS::ApiGateway::Stage").values()
    (deployment,) = dev.resources("AWS::ApiGateway::Deployment").values()

    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert stage["MethodSettings"][0]["ThrottlingRateLimit"] == {"Ref": "ApiRateLimit"}
    assert "StageName" not in deployment


@pytest.mark.parametrize(
    ("answer", "status", "code", "detail"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 404, NotFound.code, NotFound.text),
        ("INVALID_SIGNATURE", 404, NotFound.code, NotFound.text),
        ("ACCESS_DENIED", 404, NotFound.code, NotFound.text),
        ("REQUEST_TOO_LARGE", 413, TooLarge.code, TooLarge.text),
        ("THROTTLED", 429, "too_many_requests", "Slow down, then repeat the request."),
        ("DEFAULT_4XX", 400, "bad_request", SENTENCES[400]),
        ("INTEGRATION_TIMEOUT", 503, Unavailable.code, Unavailable.text),
        ("INTEGRATION_FAILURE", 503, Unavailable.code, Unavailable.text),
        ("DEFAULT_5XX", 500, "internal_error", SENTENCES[500]),
    ],
)
def test_what_api_gateway_answers_itself_looks_like_our_own_errors(
    dev: Packaged, answer: str, status: int, code: str, detail: str
) -> None:
    (api,) = dev.resources("AWS::ApiGateway::RestApi").values()
    theirs = api["Body"]["x-amazon-apigateway-gateway-responses"][answer]
    ours = json.loads(problem_response(status, code, detail).body)
    headers = theirs["responseParameters"]

    assert theirs["statusCode"] == str(status)
    assert headers["gatewayresponse.header.Content-Type"] == f"'{PROBLEM}'"
    assert headers["gatewayresponse.header.X-Request-Id"] == "context.requestId"
    assert json.loads(theirs["responseTemplates"]["application/json"]["Fn::Sub"]) == {
        **ours,
        "type": f"${{PublicBaseUrl}}{ours['type']}",
        "instance": "$context.requestId",
    }


def test_a_method_that_a_path_does_not_take_reaches_the_api_which_says_405(dev: Packaged) -> None:
    (api,) = dev.resources("AWS::ApiGateway::RestApi").values()

    for methods in api["Body"]["paths"].values():
        any_method = methods["x-amazon-apigateway-any-method"]
        assert any_method["x-amazon-apigateway-integration"]["type"] == "aws_proxy"
        assert "security" not in any_method


def alarmed(packaged: Packaged, metric: str) -> set[str]:
    return {
        referred(alarm["Dimensions"][0]["Value"])
        for alarm in packaged.resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric
    }


def test_someone_is_told_when_a_function_fails_or_is_throttled(dev: Packaged) -> None:
    assert alarmed(dev, "Errors") == set(dev.resources(FUNCTION))
    assert alarmed(dev, "Throttles") == set(dev.resources(FUNCTION))
    assert alarmed(dev, "Duration") == set(dev.resources(FUNCTION))


def test_a_duration_rings_before_the_time_is_up(dev: Packaged) -> None:
    for alarm in dev.resources("AWS::CloudWatch::Alarm").values():
        if alarm["MetricName"] == "Duration":
            function = dev.resources(FUNCTION)[referred(alarm["Dimensions"][0]["Value"])]
            assert alarm["Threshold"] == 0.8 * 1_000 * function["Timeout"]


def test_someone_is_told_when_events_are_late(dev: Packaged) -> None:
    consumers = {referred(source["FunctionName"]) for source in dev.streams().values()}
    sources = {referred(source["EventSourceArn"]) for source in dev.queues().values()}

    assert alarmed(dev, "IteratorAge") == consumers
    assert alarmed(dev, "ApproximateAgeOfOldestMessage") == sources


def test_a_try_that_waits_for_its_turn_rings_no_alarm(dev: Packaged) -> None:
    thresholds_s = {
        referred(alarm["Dimensions"][0]["Value"]): alarm["Threshold"]
        for alarm in dev.resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    }

    assert thresholds_s == {
        "NoticesQueue": 600,
        "ImportsQueue": 1_800,
        "InspectionsQueue": 600,
        "EvidenceQueue": 1_800,
        "MetricsQueue": 1_800,
        "WebhooksQueue": 2 * LONGEST_DELAY_S,
    }


def test_the_api_waits_for_the_role_that_writes_its_access_log(dev: Packaged) -> None:
    (stage,) = dev.resources("AWS::ApiGateway::Stage").values()
    api = stage["RestApiId"]["Ref"]

    assert "AccessLogSetting" in stage
    condition, named, _ = dev.resources("AWS::ApiGateway::RestApi")[api]["Description"]["Fn::If"]
    assert condition == dev.stack["Resources"]["ApiGatewayAccount"]["Condition"]
    assert "${ApiGatewayAccount}" in named["Fn::Sub"]


def test_someone_is_told_when_anything_was_given_up_on(dev: Packaged) -> None:
    dead = {name for name in dev.resources(QUEUE) if name.endswith("Dlq")}

    assert alarmed(dev, "ApproximateNumberOfMessagesVisible") == dead


@pytest.mark.usefixtures("nothing_counted_yet")
@pytest.mark.parametrize(
    "metric",
    [
        Metric.TRAVEL_PAGES_REFUSED,
        Metric.ROAD_NETWORK_FAILOVERS,
        Metric.OPTIMIZER_FAILOVERS,
        Metric.MESSAGES_PARKED,
        Metric.EVENTS_NOT_PUBLISHED,
        Metric.WEBHOOKS_GIVEN_UP,
        Metric.DRIVERS_NOT_SWEPT,
    ],
)
def test_alarms_on_our_own_metrics_look_where_they_are_written(
    dev: Packaged, metric: Metric, capsys: pytest.CaptureFixture[str]
) -> None:
    name_stage("dev")
    with counted():
        count(metric)
    written = json.loads(capsys.readouterr().out.splitlines()[-1])
    (where,) = written["_aws"]["CloudWatchMetrics"]
    (names,) = where["Dimensions"]

    (alarm,) = (
        alarm
        for alarm in dev.resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric.value
    )

    assert metric.value in {found["Name"] for found in where["Metrics"]}
    assert alarm["Namespace"] == where["Namespace"]
    values = {
        each["Name"]: "dev" if each["Value"] == {"Ref": "Stage"} else each["Value"]
        for each in alarm["Dimensions"]
    }
    assert values == {name: written[name] for name in names}
    assert set(values) == {"stage", "service"}


def test_every_alarm_tells_the_topic_of_alarms(dev: Packaged) -> None:
    for alarm in dev.resources("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmsTopic"}]


def test_the_dashboard_is_json(dev: Packaged) -> None:
    (dashboard,) = dev.resources("AWS::CloudWatch::Dashboard").values()

    assert len(json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]) == 5


def test_the_access_log_has_the_route_and_never_the_path(dev: Packaged) -> None:
    (stage,) = dev.resources("AWS::ApiGateway::Stage").values()
    said = json.loads(stage["AccessLogSetting"]["Format"])

    assert said["route"] == "$context.resourcePath"
    assert not {"$context.path", "$context.identity.sourceIp"} & set(said.values())
    assert not any("header" in value or "querystring" in value for value in said.values())
    group_id = referred(stage["AccessLogSetting"]["DestinationArn"])
    group = dev.resources("AWS::Logs::LogGroup")[group_id]
    assert group["RetentionInDays"] <= 90


def test_the_api_has_a_concurrency_of_its_own_only_where_it_is_given(dev: Packaged) -> None:
    reserved = dev.resources(FUNCTION)["APIHandler"]["ReservedConcurrentExecutions"]

    assert reserved == {
        "Fn::If": ["HasApiConcurrency", {"Ref": "ApiConcurrency"}, {"Ref": "AWS::NoValue"}]
    }
    assert dev.template["Parameters"]["ApiConcurrency"]["Default"] == 0


@pytest.mark.parametrize("runtime", ["python3.13", "python3.11"])
def test_the_api_starts_from_snapshots_where_the_runtime_has_them(
    dev: Packaged, runtime: str
) -> None:
    template = copy.deepcopy(dev.template)
    template["Resources"]["APIHandler"]["Properties"]["Runtime"] = runtime
    start_from_snapshots(template, runtime)
    made = Packaged(template, transform(template))
    handler = made.resources(FUNCTION)["APIHandler"]
    permission = made.resources("AWS::Lambda::Permission")["APIHandlerInvokePermission"]
    (api,) = made.resources("AWS::ApiGateway::RestApi").values()
    uris = {
        method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        for methods in api["Body"]["paths"].values()
        for method in methods.values()
        if method["x-amazon-apigateway-integration"]["type"] == "aws_proxy"
    }

    assert ("SnapStart" in handler) == (runtime == "python3.13")
    if runtime == "python3.13":
        assert referred(permission["FunctionName"]) in made.resources("AWS::Lambda::Alias")
        assert all("${APIHandler.Arn}:live/invocations" in uri for uri in uris)
        assert findings(made.stack) == []
