"""Bundles verified by the command line, and by a second implementation that was written apart."""

import hashlib
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from doorstep_cli.__main__ import app, main
from doorstep_cli.bundles import Finding, NotABundle, Result, verified
from doorstep_cli.client import Unreachable
from doorstep_cli.ecdsa import NotAKey, is_signed, key_of_pem
from doorstep_cli.evidence import fetched
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from chalicelib.domain.actors import Role
from chalicelib.domain.evidence import p256
from chalicelib.domain.evidence.bundles import evidence_members, pem_of, zipped
from chalicelib.domain.ids import ProofId
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.services.evidence.collect_evidence import CollectEvidence
from tests.support.builders import make_actor, make_shipper, minutes
from tests.support.bundle_verifier import wrong_among, wrong_members
from tests.support.depth import times
from tests.support.fakes.evidence import KeyHere
from tests.support.sealing import allow, seal, sealing_van
from tests.support.vans import FIRST, SECOND, report, work


def members_of_two_visits() -> dict[str, bytes]:
    """A failed attempt and a delivery with two photos, sealed with two keys, beside others."""
    carrier = sealing_van()
    carrier.shippers.put(make_shipper())
    carrier.shipments.histories[SECOND] = dict(carrier.shipments.histories[FIRST])
    work(carrier, report(Step.FAIL, proof_ids=(allow(carrier, content=b"\xff\xd8\xff failed"),)))
    work(carrier, report(stop_id="stp_1", action_id="action-9"))
    seal(carrier, FIRST, SECOND)
    carrier.sealing_key = KeyHere()
    carrier.clock.go_on(minutes(5))
    second = allow(carrier, ProofId("prf_2"), content=b"\x89PNG delivered")
    work(carrier, report(action_id="action-2", proof_ids=(second,), received_by="Aino"))
    seal(carrier)
    evidence = carrier.use(CollectEvidence)(FIRST, make_actor(Role.MANAGER))
    return evidence_members(evidence.chain, evidence.keys, evidence.events, evidence.files)


MEMBERS = members_of_two_visits()
VERIFIED = sorted(name for name in MEMBERS)
TAKEN_AWAY = [name for name in VERIFIED if name != "manifests/0002.json"]


def saved(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(zipped(members))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundles")


def wrong(folder: Path, members: dict[str, bytes], *trust: str) -> list[Finding]:
    found = verified(saved(folder, members), trust).findings
    return [each for each in found if each.result in {Result.DIFFERS, Result.MISSING}]


def about(member: str) -> set[str]:
    """What may be named when this member was changed."""
    kind, _, rest = member.partition("/")
    stem = rest.partition(".")[0]
    match kind:
        case "manifests" | "seals":
            return {f"manifest {int(stem)}"}
        case "events":
            return {f"event {int(stem)}"}
        case "files":
            return {f"file {stem}"}
        case _:
            return {f"key {stem}"}


def test_a_bundle_is_verified_by_both(folder: Path) -> None:
    path = saved(folder, MEMBERS)

    found = verified(path)

    assert wrong(folder, MEMBERS) == []
    assert wrong_members(path.read_bytes()) == set()
    assert found.shipment_id == FIRST
    assert len(found.key_ids) == 2
    assert {name.partition("/")[0] for name in MEMBERS} == {
        *("manifests", "seals", "keys", "events", "files"),
    }


@settings(max_examples=times(quick=25, deep=1_000))
@given(name=st.sampled_from(VERIFIED), at=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_any_changed_byte_of_any_member_is_named_by_both(
    folder: Path, name: str, at: int, flip: int
) -> None:
    changed = bytearray(MEMBERS[name])
    changed[at % len(changed)] ^= flip
    members = MEMBERS | {name: bytes(changed)}

    named = {each.about for each in wrong(folder, members)}

    assert named & about(name), (name, named)
    if name.startswith(("events/", "files/")):  # else what it names may be named, too
        assert named == about(name)
    assert {each.partition(".")[0] for each in wrong_among(members)} & {
        name.partition(".")[0],
        name.partition(".")[0].replace("manifests", "seals"),
    }


@pytest.mark.parametrize("place", range(len(TAKEN_AWAY)))  # names of keys differ in each run
def test_a_member_that_was_taken_away_is_named(folder: Path, place: int) -> None:
    name = TAKEN_AWAY[place]
    members = {each: content for each, content in MEMBERS.items() if each != name}

    named = {each.about for each in wrong(folder, members)}

    sealed_by_it = {"manifest 1", "manifest 2"} if name.startswith("keys/") else about(name)
    assert named & sealed_by_it


def test_without_the_last_manifest_later_events_and_files_are_told(folder: Path) -> None:
    members = {n: c for n, c in MEMBERS.items() if "0002.json" not in n or n.startswith("events")}

    found = verified(saved(folder, members)).findings

    assert any("came after the last seal" in each.detail for each in found)
    assert any("nobody has sealed it" in each.detail for each in found)


def test_a_bundle_without_its_last_manifest_is_not_called_whole(folder: Path) -> None:
    taken = {"manifests/0002.json", "seals/0002.json", "files/prf_2.png"}
    members = {n: c for n, c in MEMBERS.items() if n not in taken}

    found = run("verify", str(saved(folder, members)))

    assert found.exit_code == 6, found.output
    assert "(shipment.delivered) has no manifest" in found.output


@pytest.mark.parametrize("kind", ["seals/", "keys/"])
def test_what_nothing_vouches_for_is_not_called_unchanged(folder: Path, kind: str) -> None:
    """Else a forger would take the seals away, and write what pleases."""
    members = {n: c for n, c in MEMBERS.items() if not n.startswith(kind)}

    found = run("verify", str(saved(folder, members)))

    assert found.exit_code == 5, found.output
    assert "nothing vouches for what it says" in found.output


def test_the_evidence_of_another_shipment_is_named(folder: Path) -> None:
    carrier = sealing_van()
    carrier.shippers.put(make_shipper())
    carrier.shipments.histories[SECOND] = dict(carrier.shipments.histories[FIRST])
    work(carrier, report(stop_id="stp_1", received_by="Somebody else"))
    seal(carrier, SECOND)
    other = carrier.use(CollectEvidence)(SECOND, make_actor(Role.MANAGER))
    theirs = evidence_members(other.chain, other.keys, other.events, other.files)
    swapped = {n: c for n, c in theirs.items() if n.startswith(("manifests", "seals", "keys"))}

    named = {each.about for each in wrong(folder, MEMBERS | swapped)}

    assert {"manifest 2", "event 5"} <= named


@pytest.mark.parametrize(
    "seal",
    [
        {"index": float("inf")},
        {"statement": 7},
        {"statement": json.dumps({"format": "doorstep-seal/1"})},
        {
            "statement": r'{"format":"doorstep-seal/1","key_id":"\ud800\u001b[2J","count":1,'
            '"root_sha256":"00","sealed_at":""}'
        },
    ],
    ids=["endless", "number", "short", "unprintable"],
)
def test_a_seal_of_any_form_is_a_finding_and_no_fault(folder: Path, seal: dict[str, Any]) -> None:
    whole = json.loads(MEMBERS["seals/0001.json"])
    members = MEMBERS | {"seals/0001.json": json.dumps(whole | seal).encode()}

    assert {each.about for each in wrong(folder, members)} == {"manifest 1"}
    assert all(each.detail.isprintable() for each in wrong(folder, members))
    assert run("verify", str(saved(folder, members))).exit_code == 5


def test_what_was_put_in_is_named(folder: Path) -> None:
    more = {"files/prf_3.jpg": b"\xff\xd8\xff", "other.txt": b"x", "README.txt": b"For reading."}

    named = {each.about for each in wrong(folder, MEMBERS | more)}

    assert named == {"file prf_3", "other.txt"}


def test_a_forger_with_a_key_of_their_own_is_not_trusted(folder: Path) -> None:
    trusted = verified(saved(folder, MEMBERS)).key_ids

    assert wrong(folder, MEMBERS, *trusted) == []
    assert {each.about for each in wrong(folder, MEMBERS, trusted[0])} == {"manifest 2"}


def test_a_member_that_is_there_twice_is_named(folder: Path) -> None:
    path = saved(folder, MEMBERS)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("events/00000001.json", MEMBERS["events/00000002.json"])

    assert "events/00000001.json" in {each.about for each in verified(path).findings}


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", zipped({"a": b"b"})], ids=len)
def test_what_is_no_bundle_is_said_to_be_none(folder: Path, content: bytes) -> None:
    path = folder / "other.zip"
    path.write_bytes(content)

    with pytest.raises(NotABundle):
        verified(path)


@settings(max_examples=times(quick=15, deep=1_000))
@given(st.integers(0, len(zipped(MEMBERS)) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_zip_itself_is_never_a_fault(
    folder: Path, at: int, flip: int
) -> None:
    content = bytearray(zipped(MEMBERS))
    content[at] ^= flip
    path = folder / "damaged.zip"
    path.write_bytes(bytes(content))

    with suppress(NotABundle):
        verified(path)


def run(*command: str) -> Any:
    return CliRunner().invoke(app, list(command))


def test_exit_status_and_words(folder: Path) -> None:
    good = run("verify", str(saved(folder, MEMBERS)))
    key = next(name for name in MEMBERS if name.startswith("keys/"))[5:-4]
    untrusted = run("verify", str(saved(folder, MEMBERS)), "--trust", key)
    changed = run("verify", str(saved(folder, MEMBERS | {"files/prf_1.jpg": b"other"})))
    missing = run(
        "verify", str(saved(folder, {n: c for n, c in MEMBERS.items() if n != "files/prf_1.jpg"}))
    )

    assert good.exit_code == 0, good.output
    assert "All evidence is as it was sealed." in good.output
    assert "say --trust: sky_" in good.output
    assert untrusted.exit_code == 5
    assert changed.exit_code == 5
    assert "files/prf_1.jpg is not the file that was sealed" in changed.output
    assert missing.exit_code == 6
    assert "File prf_1 was sealed, but it is missing." in missing.output


@pytest.mark.parametrize("answer", [httpx.Response(403), httpx.Response(200, content=b"half")])
def test_a_bundle_that_does_not_come_whole_is_a_sentence(answer: httpx.Response) -> None:
    with (
        httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as http,
        pytest.raises(Unreachable, match="Try again"),
    ):
        fetched(http, "https://bucket.example/bundle.zip", hashlib.sha256(b"whole").hexdigest())


def test_a_bundle_that_comes_whole_is_kept() -> None:
    answer = httpx.Response(200, content=b"whole")
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as http:
        sha256 = hashlib.sha256(b"whole").hexdigest()
        assert fetched(http, "https://bucket.example/bundle.zip", sha256) == b"whole"


def test_programs_read_json(folder: Path) -> None:
    told = json.loads(run("--json", "verify", str(saved(folder, MEMBERS))).output)

    assert told["verdict"] == "intact"
    assert told["shipment_id"] == FIRST
    assert {each["result"] for each in told["findings"]} == {"agrees"}


def test_a_file_that_is_no_bundle_is_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "letter.zip"
    path.write_bytes(b"Dear Sir or Madam")
    monkeypatch.setattr("sys.argv", ["doorstep", "verify", str(path)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert "is no zip that can be read" in " ".join(capsys.readouterr().err.split())


def test_a_bundle_is_the_same_to_the_byte() -> None:
    assert zipped(MEMBERS) == zipped(dict(reversed(list(MEMBERS.items()))))


@given(at=st.integers(0, 200), flip=st.integers(0, 255), cut=st.integers(0, 3))
@settings(max_examples=times(quick=25, deep=2_000))
def test_signatures_are_right_exactly_where_those_of_the_server_are(
    at: int, flip: int, cut: int
) -> None:
    key = KeyHere()
    _, point = key_of_pem(pem_of(key.public()))
    signature = bytearray(key.sign(b"message"))
    signature[at % len(signature)] ^= flip
    changed = bytes(signature[: len(signature) - cut])

    assert is_signed(point, changed, b"message") == p256.is_signed(
        key.public(), changed, b"message"
    )


def test_a_key_of_another_form_is_none() -> None:
    pem = pem_of(KeyHere().public())

    for other in ("", pem.strip(), pem.replace("M", "!", 1), pem_of(b"short"), f"{pem}\n"):
        with pytest.raises(NotAKey):
            key_of_pem(other)
