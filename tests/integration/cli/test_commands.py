"""The command line against the laptop stack, over a real socket."""

import csv
import json
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from doorstep_cli.__main__ import app, tell
from doorstep_cli.client import Client, Refused, Unreachable
from doorstep_cli.imports import NotAnImport, pairs
from typer.testing import CliRunner, Result

from local.demo.carrier import Carrier, signed_in, small
from local.demo.vans import TIME_ZONE
from local.stack import RunningStack, running_stack

COLUMNS = [
    *("reference", "recipient.name", "recipient.phone", "address.lines.1", "address.lines.2"),
    *("address.city", "address.country", "address.lat_deg", "address.lon_deg"),
    *("address.time_zone", "parcels.barcode", "metadata.source"),
]
NOBODY = "http://127.0.0.1:9"


@dataclass
class Desk:
    """A running stack with a carrier, and the command line with its keys."""

    stack: RunningStack
    carrier: Carrier

    def run(self, *command: str, key: str | None = None, stdin: str | None = None) -> Result:
        """A command of the shop, or of the holder of another key."""
        token = key or self.shop_key
        options = ["--url", self.stack.base_url, "--key", token]
        return CliRunner().invoke(app, [*options, *command], input=stdin)

    def json(self, *command: str, key: str | None = None) -> Any:
        """What a program reads."""
        result = self.run("--json", *command, key=key)
        assert result.exit_code == 0, result.output
        return told(result)

    @property
    def shop_key(self) -> str:
        return str(self.carrier.shops[0].api.token)

    @property
    def office(self) -> str:
        return str(self.carrier.dispatcher.token)


def told(result: Result) -> Any:
    """The JSON of an answer; the stack of this process writes its log and metrics beside it."""
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith(("{", "["))]
    (answer,) = (x for x in lines if isinstance(x, list) or not {"level", "_aws"} & {*x})
    return answer


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running_stack() as stack:
        yield Desk(stack, small(stack.api()))


def order(reference: str) -> dict[str, Any]:
    return {
        "reference": reference,
        "recipient": {"name": "Aino Virtanen"},
        "address": {
            "lines": ["Aleksanterinkatu 1"],
            "city": "Helsinki",
            "country": "FI",
            "lat_deg": 60.169,
            "lon_deg": 24.9525,
            "time_zone": "Europe/Helsinki",
        },
        "parcels": [{"barcode": f"BOX-{reference}"}],
    }


def created(desk: Desk, reference: str) -> str:
    made = desk.run("--json", "shipments", "create", "-", stdin=json.dumps(order(reference)))
    return str(told(made)["id"])


def planned(desk: Desk, reference: str, *, shipments: int) -> Any:
    """A route of a new driver with this many shipments."""
    ids = [created(desk, f"{reference}-{i}") for i in range(shipments)]
    starts_at = desk.stack.clock.now() + timedelta(hours=1)
    driver_id = desk.json("accounts", "create", "drivers", reference, key=desk.office)["id"]
    signed_in(desk.carrier.dispatcher, driver_id).close()
    return desk.carrier.dispatcher.post(
        "/v1/routes",
        {
            "hub_id": desk.carrier.hub_id,
            "driver_id": driver_id,
            "service_day": starts_at.astimezone(ZoneInfo(TIME_ZONE)).date().isoformat(),
            "starts_at": starts_at.isoformat(),
            "shipment_ids": ids,
        },
    )


def test_accounts_are_created_listed_shown_and_taken_out_of_use(desk: Desk) -> None:
    team = desk.json("accounts", "create", "teams", "North", key=desk.office)
    driver = desk.json(
        *("accounts", "create", "drivers", "Liisa", "--field", f"team_id={team['id']}"),
        key=desk.office,
    )
    desk.run("accounts", "deactivate", "drivers", driver["id"], key=desk.office)

    shown = desk.json("accounts", "show", "drivers", driver["id"], key=desk.office)
    listed = desk.run("accounts", "list", "drivers", key=desk.office).stdout
    assert (shown["team_id"], shown["is_active"]) == (team["id"], False)
    assert "Liisa" in listed


def test_a_key_is_shown_once_listed_and_ended(desk: Desk) -> None:
    shipper = desk.carrier.shops[0].id
    admin = desk.stack.admin_key
    made = desk.json("keys", "create", "shipper", "till", "--shipper-id", shipper, key=admin)

    assert desk.run("shipments", "list", key=made["key"]).exit_code == 0
    desk.run("keys", "revoke", made["id"], key=admin)

    assert made["key"] not in desk.run("keys", "list", key=admin).output
    assert desk.run("shipments", "list", key=made["key"]).exit_code != 0


def test_a_member_is_invited_changed_signed_out_and_removed(desk: Desk) -> None:
    admin = desk.stack.admin_key
    invite = ("members", "invite", "dispatcher", "cli@example.com", "Liisa")
    made = desk.json(*invite, key=admin)
    change = ("members", "change", made["id"], "--role", "manager")

    assert desk.run(*invite, key=admin).exit_code != 0
    assert "manager" in desk.run(*change, key=admin).stdout
    for verb in ("invite-again", "sign-out", "remove"):
        result = desk.run("members", verb, made["id"], key=admin)
        assert result.exit_code == 0, result.output
    listed = desk.json("members", "list", key=admin)
    assert [(each["role"], each["email"]) for each in listed] == [("manager", None)]
    assert "Liisa" in desk.run("members", "list", key=admin).stdout


def test_a_shipment_is_created_found_followed_and_cancelled(desk: Desk) -> None:
    shipment_id = created(desk, "CLI-1")

    assert desk.json("shipments", "list", "--reference", "CLI-1")[0]["id"] == shipment_id
    assert "created" in desk.run("follow", shipment_id, "--once").stdout
    link = desk.json("shipments", "show", shipment_id)["tracking_url"]
    assert "Announced" in desk.run("follow", link, "--once").stdout
    desk.run("shipments", "cancel", shipment_id, "--reason", "Twice")
    assert "shipment.cancelled" in desk.run("shipments", "events", shipment_id).stdout


def test_the_desk_sees_what_needs_somebody_and_edits_a_plan_after_its_effect(
    desk: Desk, tmp_path: Path
) -> None:
    created(desk, "CLI-WAITS")
    assert "unassigned" in desk.run("attention", key=desk.office).stdout
    route = planned(desk, "CLI-PLAN", shipments=2)
    plan = tmp_path / "edit.json"
    plan.write_text(json.dumps([{"op": "remove", "stop_id": route["stops"][0]["id"]}]))

    refused = desk.run("routes", "edit", route["id"], str(plan), key=desk.office, stdin="n\n")
    before = desk.json("routes", "show", route["id"], key=desk.office)
    done = desk.run("routes", "edit", route["id"], str(plan), "--yes", key=desk.office)

    assert (refused.exit_code, len(before["stops"])) == (1, len(route["stops"]))
    assert "recipients would be told" in done.stdout
    assert "Done: plan 2." in done.stdout
    day = [desk.carrier.hub_id, route["service_day"]]
    assert route["id"] in {r["id"] for r in desk.json("routes", "list", *day, key=desk.office)}


def test_the_desk_moves_a_stop_to_another_route_after_its_effect_on_both(desk: Desk) -> None:
    one, other = planned(desk, "CLI-ONE", shipments=2), planned(desk, "CLI-OTHER", shipments=1)
    stop = one["stops"][0]
    command = ["routes", "move", one["id"], stop["id"], other["id"]]
    command += ["--shipment", stop["shipment_ids"][0], "--before", other["stops"][0]["id"]]

    refused = desk.run(*command, key=desk.office, stdin="n\n")
    untouched = desk.json("routes", "show", one["id"], key=desk.office)["plan_version"]
    done = desk.run(*command, "--yes", key=desk.office)

    assert (refused.exit_code, untouched) == (1, 1)
    assert done.stdout.count("recipients would be told") == 2
    assert "Done: 1 shipments board the other van by scan." in done.stdout
    left = desk.json("routes", "show", one["id"], key=desk.office)["stops"]
    there = desk.json("routes", "show", other["id"], key=desk.office)["stops"]
    assert [each["id"] for each in left] == [each["id"] for each in one["stops"][1:]]
    assert there[0]["shipment_ids"] == stop["shipment_ids"][:1]


def test_the_desk_gives_a_route_to_another_driver(desk: Desk) -> None:
    route = planned(desk, "CLI-GIVEN", shipments=1)
    driver_id = desk.json("accounts", "create", "drivers", "Liisa", key=desk.office)["id"]
    signed_in(desk.carrier.dispatcher, driver_id).close()

    done = desk.run("routes", "assign", route["id"], driver_id, "--yes", key=desk.office)

    assert f"{driver_id} has it" in done.stdout
    shown = desk.json("routes", "show", route["id"], key=desk.office)
    assert (shown["driver_id"], shown["former_drivers"]) == (driver_id, [])


def file_of(path: Path, rows: int, *, wrong: dict[int, tuple[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";")
        writer.writeheader()
        for number in range(rows):
            row = {
                "reference": f"{path.stem}-{number}",
                "recipient.name": "Aino Virtanen",
                "recipient.phone": "040 1234567",
                "address.lines.1": f"Kuja {number}",
                "address.lines.2": "",
                "address.city": "Helsinki",
                "address.country": "FI",
                "address.lat_deg": "60,169",
                "address.lon_deg": "24.9525",
                "address.time_zone": "Europe/Helsinki",
                "parcels.barcode": f"{path.stem}-{number}-A {path.stem}-{number}-B",
                "metadata.source": "file",
            }
            if number in wrong:
                column, value = wrong[number]
                row[column] = value
            writer.writerow(row)
    return path


def test_a_file_is_imported_row_by_row_and_a_second_run_adds_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    wrong = {3: ("address.lat_deg", "north"), 7: ("recipient.phone", "12")}
    file = file_of(tmp_path / "july.csv", 12, wrong=wrong)
    report = tmp_path / "errors.csv"

    dry = desk.run("--json", "import", str(file), "--dry-run")
    first = desk.run("--json", "import", str(file), "--report", str(report))
    again = desk.run("--json", "import", str(file))

    assert told(dry)["counts"] == {"created": 10, "refused": 2}
    assert first.exit_code == again.exit_code == 4
    answer = told(first)
    assert answer["counts"] == {"created": 10, "refused": 2}
    assert [(e["row"], e["column"]) for e in answer["errors"]] == [
        (5, "address.lat_deg"),
        (9, "recipient.phone"),
    ]
    with report.open(encoding="utf-8-sig", newline="") as opened:
        assert [line["row"] for line in csv.DictReader(opened)] == ["5", "9"]
    assert told(again)["counts"] == {"unchanged": 10, "refused": 2}
    made = desk.json("shipments", "list", "--reference", "july-0")[0]
    assert [parcel["barcode"] for parcel in made["parcels"]] == ["july-0-A", "july-0-B"]
    assert made["metadata"] == {"source": "file"}


def test_an_import_is_told_in_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    error = {"row": 5, "column": "Nr", "code": "blank", "detail": "Write it."}
    found = {
        "dry_run": True,
        "ignored_columns": ["Farbe"],
        "errors": [error],
        "error_count": 1,
        "warning_count": 2,
    }

    tell(found, {"created": 10, "refused": 1})

    said = capsys.readouterr().out
    assert "10 created, 1 refused if it were no dry run." in said
    assert "nobody knows what they hold: Farbe." in said
    assert "5    Nr" in said
    assert "And 2 more; --report keeps them all" in said


def test_a_mended_file_brings_only_what_was_missing(desk: Desk, tmp_path: Path) -> None:
    file = file_of(tmp_path / "august.csv", 4, wrong={2: ("recipient.phone", "12")})
    desk.run("import", str(file))

    mended = desk.run("--json", "import", str(file_of(file, 4, wrong={})))

    assert told(mended)["counts"] == {"created": 1, "unchanged": 3}


def test_headings_and_defaults_may_be_said(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "till.csv"
    file.write_text("Nr;Wer;Kolli;Farbe\n77;Aino;T77;red\n", "utf-8")
    said = ["--column", "Wer=recipient.name", "--column", "Nr=reference"]
    for default in ("lines=Kuja 1", "city=Helsinki", "country=FI", "lat_deg=60.17", "lon_deg=24.9"):
        said += ["--default", f"address.{default}"]

    done = desk.json("import", str(file), *said)

    assert done["counts"] == {"created": 1}
    assert done["ignored_columns"] == ["Farbe"]


def test_the_program_of_the_guide_imports_a_file(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[3] / "docs" / "imports.md").read_text("utf-8")
    program = text.partition("```python\n")[2].partition("```")[0]
    file = file_of(tmp_path / "guide.csv", 3, wrong={1: ("recipient.phone", "12")})
    file.rename(tmp_path / "july.csv")
    monkeypatch.chdir(tmp_path)

    names: dict[str, Any] = {"BASE": desk.stack.base_url, "KEY": desk.shop_key}
    exec(program, names)  # noqa: S102 - our own page
    names["api"].close()

    assert "3 recipient.phone Write a phone number" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n", "is empty"),
        ("name;city\nAino;Helsinki\n", 'no column "reference"'),
        ('reference,recipient.name,parcels.barcode\n"x', "no column"),
    ],
)
def test_a_file_that_is_no_import_is_told_in_a_sentence(
    desk: Desk, tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(text)

    result = desk.run("import", str(file))

    assert says in str(result.exception)


def test_a_profile_is_kept_for_the_user_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    kept = ["login", "shop", "--url", desk.stack.base_url, "--key", desk.shop_key]

    assert CliRunner().invoke(app, kept).exit_code == 0

    file = tmp_path / "doorstep" / "profiles.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    used = CliRunner().invoke(app, ["--profile", "shop", "shipments", "list"])
    assert used.exit_code == 0, used.output


def test_a_refusal_names_the_field_and_nothing_is_tried_again(desk: Desk) -> None:
    waited: list[float] = []
    client = Client(desk.stack.base_url, desk.shop_key, waited.append)

    with closing(client), pytest.raises(Refused, match="/parcels"):
        client.post("/v1/shipments", order("CLI-9") | {"parcels": []})

    assert waited == []


def test_who_does_not_answer_is_asked_again_with_pauses_that_grow() -> None:
    waited: list[float] = []

    with (
        closing(Client(NOBODY, None, waited.append)) as client,
        pytest.raises(Unreachable, match="does not answer"),
    ):
        client.get("/health")

    assert waited == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_an_endpoint_is_made_listed_and_taken_away(desk: Desk) -> None:
    made = desk.json("webhooks", "create", "http://127.0.0.1:9/hooks")
    assert made["secret"].startswith("whsec_")
    assert made["id"] in {each["id"] for each in desk.json("webhooks", "list")}

    desk.run("webhooks", "delete", made["id"])

    assert made["id"] not in {each["id"] for each in desk.json("webhooks", "list")}


def test_operations_that_are_no_json_are_told(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "operations.json"
    file.write_text("[{]", "utf-8")

    result = desk.run("routes", "edit", "rte_1", str(file), key=desk.office)

    assert result.exit_code == 2
    assert "is not JSON" in result.output


def test_a_pair_is_a_name_and_a_value_and_nothing_else() -> None:
    assert pairs(["Nr=reference", "a=b=c", "Farbe="]) == {
        "Nr": "reference",
        "a": "b=c",
        "Farbe": "",
    }
    with pytest.raises(NotAnImport, match="name=value"):
        pairs(["Nr"])
