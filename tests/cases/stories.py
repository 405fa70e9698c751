"""Cases that are told in words: each is done here as its file says, request by request."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chalicelib.catalogues import locale_of
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range
from chalicelib.domain.notices.notices import kind_of
from chalicelib.domain.shipments.events import EventType
from chalicelib.pages.tracking.presentation import present
from tests.cases import phones as phones_apps
from tests.cases.driving import hub_at
from tests.cases.importing import spreadsheet
from tests.cases.pages import told
from tests.cases.reading import Case, instant
from tests.cases.shopping import order, serve
from tests.support.builders import make_event
from tests.support.carrier import JSON, Carrier, Round, fix
from tests.support.pictures import png
from tests.support.tracking_views import make_view

Story = Callable[[Carrier, Case], None]


def rolled_over(carrier: Carrier, case: Case) -> None:
    """A clock that is early by 1,024 weeks, without `sent_at`."""
    van = carrier.round(1).started()
    carrier.clock.advance(timedelta(minutes=10))  # the place is some minutes from the hub
    now = carrier.clock.now()
    (said,) = case.said["input"][0]["body"]["fixes"]
    recorded = instant(said["recorded_at"], now).isoformat()

    report = van.positions(said | {"recorded_at": recorded}).json

    assert (report["accepted"], report["rejected"]) == (1, []), report
    (kept,) = van.track()
    assert abs(kept.recorded_at - now) < timedelta(minutes=1)


def late_of_an_earlier_route(carrier: Carrier, case: Case) -> None:
    """One fix of the route before and one of now, in one batch; the hub is around the corner."""
    hub_at(carrier, (60.17, 24.94), "Europe/Helsinki")
    shop = carrier.shop()
    first = carrier.planned(shop, [[shop.shipment()]]).started()
    carrier.clock.advance(timedelta(minutes=30))
    assert first.work(0, "deliver").status == 200
    carrier.clock.advance(timedelta(minutes=9))
    later = shop.shipment()
    assert carrier.plan(first.driver_id, [[later["id"]]]).status == 201
    assert first.scan(later["parcels"][0]["barcode"]).status == 200
    assert first.start().status == 200
    carrier.clock.advance(timedelta(minutes=1))
    now = carrier.clock.now()
    events = shop.events(first.ids[0][0])
    said = case.said["input"][0]["body"]["fixes"]
    fixes = [s | {"recorded_at": instant(s["recorded_at"], now).isoformat()} for s in said]

    report = first.positions(*fixes).json

    assert report["accepted"] == 2, report
    assert len(first.track()) == 2
    assert datetime.fromisoformat(report["head_recorded_at"]) == now
    assert shop.events(first.ids[0][0]) == events


def scanner_additions(carrier: Carrier, case: Case) -> None:
    """What hand scanners put around a code."""
    for said in case.said["input"]:
        shop = carrier.shop()
        van = carrier.planned(shop, [[shop.shipment(parcels=[{"barcode": "B00001"}])]])
        (result,) = van.scan(said["barcode"]).json["results"]
        assert result["verdict"] == "loaded", said


def served_after_all(carrier: Carrier, case: Case) -> None:
    """Not home, and a minute later at the door."""
    van = carrier.round(1).started()
    assert van.work(0, "fail", van.action(reason="not_home")).status == 200
    carrier.clock.advance(timedelta(minutes=1))
    assert van.work(0, "deliver").status == 200
    types = van.shop.event_types(van.ids[0][0])
    assert types[-2:] == ["attempt_failed", "delivered"], types
    shipment = van.shop.get(van.ids[0][0])
    assert (shipment["attempts"], len(shipment["earlier_attempts"])) == (2, 1)


def across_midnight(carrier: Carrier, case: Case) -> None:
    """At 23:30 a range from 23:50 to 00:10."""
    zone = ZoneInfo("Europe/Helsinki")
    now = datetime(2026, 12, 1, 23, 30, tzinfo=zone)
    first, last = now + timedelta(minutes=20), now + timedelta(minutes=40)
    for lang, tomorrow in (("en", "tomorrow 23"), ("fi", "huomenna klo 23"), ("de", "morgen 23")):
        eta = Eta(now + timedelta(minutes=30), first, last)
        text = told(make_view(eta=eta, server_now=now, promise=Range(first, last)), lang)
        assert tomorrow not in text.lower(), text


def phones(carrier: Carrier, case: Case) -> None:
    """Numbers as people write them in Finland."""
    shop = carrier.shop()
    for said in case.said["input"]:
        reply = shop.post(order(shop, {"recipient": said}))
        if said["phone"] == "358401234567" and reply.status == 422:
            assert "/recipient/phone" in reply.pointers
            continue
        assert reply.status == 201, (said, reply.body)
        assert shop.get(reply.json["id"])["recipient"]["phone"] == "+358401234567"


def dates_for_times(carrier: Carrier, case: Case) -> None:
    """Days and local times in a window: meant as local, or refused with a sentence."""
    shop = carrier.shop()
    for said in case.said["input"]:
        days = (carrier.clock.now() + timedelta(days=1)).date().isoformat()
        window = {k: v.replace("2026-11-27", days) for k, v in said["window"].items()}
        reply = shop.post(order(shop, {"window": window}))
        if reply.status == 422:
            assert any(pointer.startswith("/window") for pointer in reply.pointers)
            assert all("2026" in error["detail"] for error in reply.json["errors"]), reply.body
            continue
        assert reply.status == 201, reply.body
        start = datetime.fromisoformat(shop.get(reply.json["id"])["window"]["earliest"])
        local = start.astimezone(ZoneInfo("Europe/Helsinki"))
        assert local.strftime("%Y-%m-%dT%H:%M") in {f"{days}T00:00", f"{days}T10:00"}


def wrong_clock_outlived(carrier: Carrier, case: Case) -> None:
    """A batch of twenty years ago, then a right clock."""
    van = carrier.round(1).started()
    carrier.clock.advance(timedelta(minutes=1))
    old = carrier.clock.now() - timedelta(days=20 * 365)
    van.positions(fix(old), sent_at=old.isoformat())
    carrier.clock.advance(timedelta(minutes=1))
    reply = van.work(0, "arrive")
    assert reply.status == 200, reply.body


def check_digit(carrier: Carrier, case: Case) -> None:
    """A code that cannot be right is taken, with a warning."""
    shop = carrier.shop()
    (said,) = case.said["input"]
    reply = shop.post(order(shop, {"parcels": [{"barcode": said["barcode"]}]}))
    assert reply.status == 201, reply.body
    (warning,) = reply.json["warnings"]
    assert warning["pointer"].startswith("/parcels/0"), warning


def proximity(carrier: Carrier, case: Case) -> None:
    """Three metres are no hundred yards."""
    door = Coordinates(40.7, -74.0)
    for distance, lang in ((3, "en-US"), (3, "en"), (3, "fi")):
        view = make_view(stops_before=0, destination=door)
        place = Coordinates(door.lat_deg + distance / 111_195, door.lon_deg)
        assert view.position is not None
        near = make_view(
            stops_before=0,
            destination=door,
            position=type(view.position)(
                lat_deg=place.lat_deg,
                lon_deg=place.lon_deg,
                recorded_at=view.position.recorded_at,
                age_s=20,
                heading_deg=None,
            ),
        )

        words = " ".join(present(near, locale_of(lang)).nearness)
        assert "100" not in words, words


def _two_parcels(carrier: Carrier) -> tuple[Round, list[dict[str, Any]]]:
    shop = carrier.shop()
    codes = [f"P{i}-{shop.shipper_id[-6:]}" for i in (1, 2)]
    first = shop.shipment(parcels=[{"barcode": code} for code in codes])
    second = shop.shipment(stop=1)
    return carrier.planned(shop, [[first], [second]]), [first, second]


def one_parcel_missing(carrier: Carrier, case: Case) -> None:
    """One of two parcels is on the van."""
    van, (first, second) = _two_parcels(carrier)
    van.scan(first["parcels"][0]["barcode"], second["parcels"][0]["barcode"])
    assert van.start().status == 200
    assert van.seen()["stops"][0]["is_done"] is case.said["check"]["stop_done_after_start"]
    reply = van.work(0, "deliver")
    assert reply.status == case.said["check"]["deliver_status"], reply.body
    assert case.said["check"]["event_of_first"] in {
        event["type"] for event in van.shop.events(first["id"])
    }


def loaded_on_the_road(carrier: Carrier, case: Case) -> None:
    """The second parcel is scanned at the first red light."""
    van = carrier.round(2)
    codes = [van.orders[ids[0]]["parcels"][0]["barcode"] for ids in van.ids]
    van.scan(codes[0])
    assert van.start().status == 200
    carrier.clock.advance(timedelta(minutes=1))
    results = van.scan(codes[1]).json["results"]
    assert [result["verdict"] for result in results] == case.said["check"]["verdicts"]
    stop = van.seen()["stops"][1]
    assert (stop["is_done"], stop["eta"] is None) == (False, False)
    assert "out_for_delivery" in van.shop.event_types(van.ids[1][0])


def one_barcode_twice(carrier: Carrier, case: Case) -> None:
    """A double beep of a code that two shipments carry."""
    shop = carrier.shop()
    same = [{"barcode": "SAME0001"}]
    visits = [[shop.shipment(stop=i, parcels=same)] for i in range(2)]
    van = carrier.planned(shop, visits)
    beep = {
        "action_id": "s1",
        "barcode": "SAME0001",
        "scanned_at": carrier.clock.now().isoformat(),
    }
    first = van.call("POST", "scans", {"scans": [beep]})
    again = van.call("POST", "scans", {"scans": [beep]})
    assert first.status == 200
    assert (first.body == again.body) is case.said["check"]["answers_identical"]
    loaded = [shop.get(ids[0])["status"] == "loaded" for ids in van.ids]
    assert sum(loaded) <= case.said["check"]["loaded_shipments"]


def digits_for_a_time(carrier: Carrier, case: Case) -> None:
    """Bare digits in quotes."""
    shop = carrier.shop()
    start = (carrier.clock.now() + timedelta(hours=1)).isoformat()
    end = case.said["input"][0]["window"]["end"]
    reply = shop.post(order(shop, {"window": {"start": start, "end": end}}))
    assert reply.status == case.said["check"]["status"], reply.body
    assert case.said["check"]["error_pointer"] in reply.pointers


def link_in_a_mail(carrier: Carrier, case: Case) -> None:
    """What mail programs and messengers put behind a link."""
    shop = carrier.shop()
    path = urlsplit(shop.shipment()["tracking_url"]).path
    for said in case.said["input"]:
        end = said["GET"].removeprefix("/t/{token}")
        reply = carrier.call("GET", path + end)
        assert reply.status in case.said["check"]["status_one_of"], (end, reply.status)
        if reply.status != 200:
            assert reply.headers["Location"].endswith(path), reply.headers
    assert carrier.call("GET", path[:-1]).status == 404


def byte_order_mark(carrier: Carrier, case: Case) -> None:
    """Three bytes of Windows before the JSON."""
    shop = carrier.shop()
    raw = b"\xef\xbb\xbf" + json.dumps(order(shop, {})).encode()
    reply = carrier.call("POST", "/v1/shipments", raw, token=shop.key, headers=JSON)
    assert reply.status == case.said["check"]["status"], reply.body


def photo_on_its_way(carrier: Carrier, case: Case) -> None:
    """Delivered while the photo is still being uploaded."""
    van = carrier.round(1).started()
    proof = van.proof(van.ids[0][0])["proof_id"]
    reply = van.work(0, "deliver", van.action(proof_ids=[proof]))
    assert reply.status == case.said["check"]["deliver_status"], reply.body


def another_day(carrier: Carrier, case: Case) -> None:
    """A route that begins in six days."""
    shop = carrier.shop()
    made = shop.shipment()
    driver_id, token = carrier.driver()
    later = carrier.clock.now() + timedelta(days=6)
    body = {
        "driver_id": driver_id,
        "hub_id": carrier.hub_id,
        "service_day": later.date().isoformat(),
        "starts_at": later.isoformat(),
        "stops": [{"shipment_ids": [made["id"]]}],
    }
    route = carrier.made("/v1/routes", body, carrier.dispatcher)
    stops = [stop["id"] for stop in route["stops"]]
    van = Round(
        carrier, shop, driver_id, token, route["id"], stops, [[made["id"]]], {made["id"]: made}
    )
    van.scan(made["parcels"][0]["barcode"])
    reply = van.start()
    assert reply.status == case.said["check"]["status"], reply.body
    assert "out_for_delivery" not in shop.event_types(made["id"])


def start_sent_again(carrier: Carrier, case: Case) -> None:
    """The answer was lost; the route ended; the phone sends it again."""
    van = carrier.round(1).loaded()
    action = van.action()
    assert van.call("POST", "route/start", action).status == 200
    assert van.work(0, "deliver").status == 200
    carrier.clock.advance(timedelta(minutes=5))
    assert van.call("POST", "route/start", action).status == case.said["check"]["status"]


def no_city(carrier: Carrier, case: Case) -> None:
    """A country that is a city."""
    shop = carrier.shop()
    body = order(shop, {})
    body["address"] = case.said["input"][0]["address"]
    serve(carrier, body["address"])
    assert shop.post(body).status == case.said["check"]["status"]


def cancelled_stop(carrier: Carrier, case: Case) -> None:
    """The driver's app is open, and a later stop is called off: on the road what is at the hub."""
    van = carrier.round(3)
    first, gone, last = (ids[0] for ids in van.ids)
    code = van.orders[gone]["parcels"][0]["barcode"]
    van.loaded(but=[gone])
    assert van.start().status == 200
    path = f"/v1/shipments/{gone}/cancel"

    assert carrier.call("POST", path, {}, token=van.shop.key).status == 200

    seen = van.seen()
    assert [stop["shipments"][0]["id"] for stop in seen["stops"]] == [first, last]
    assert [(told["stop_id"], told["shipment_id"]) for told in seen["cancelled"]] == [
        (van.stop_ids[1], gone)
    ]
    assert all(stop["eta"] for stop in seen["stops"])
    (result,) = van.scan(code).json["results"]
    assert result["verdict"] == "cancelled"
    assert van.state(gone).json["status"] == "cancelled"
    assert kind_of(make_event(type=EventType(van.shop.events(gone)[-1]["type"]))) == "cancelled"
    refused = carrier.call("POST", path.replace(gone, last), {}, token=van.shop.key)
    assert refused.status == 409, "what is aboard comes off the plan first"


def moved_twice(carrier: Carrier, case: Case) -> None:
    """Two dispatchers move a failed shipment to the same route of tomorrow."""
    van = carrier.round(1).started()
    shipment_id = van.ids[0][0]
    link = van.orders[shipment_id]["tracking_url"]
    assert van.work(0, "fail", van.action(reason="not_home")).status == 200
    day = (carrier.clock.now() + timedelta(days=1)).date().isoformat()
    body = {"window": {"start": f"{day}T10:00", "end": f"{day}T12:00"}}
    driver_id, _ = carrier.driver()

    for _ in range(2):
        path = f"/v1/shipments/{shipment_id}/retry"
        assert carrier.call("POST", path, body, token=carrier.dispatcher).status == 200
    replies = [carrier.plan(driver_id, [[shipment_id]]) for _ in range(2)]

    assert [reply.status for reply in replies] == [201, 409]
    shipment = van.shop.get(shipment_id)
    assert shipment["route_id"] == replies[0].json["id"]
    assert shipment["tracking_url"] == link
    types = van.shop.event_types(shipment_id)
    assert types[-3:] == ["attempt_failed", "accepted", "rescheduled"], types
    words = van.state(shipment_id).json["words"]
    assert words["headline"]["lead"].startswith("Suunniteltu huomenna")
    assert words["headline"]["main"] == "10.00–12.00"
    assert "Toimitus ei onnistunut" in [line["label"] for line in words["story"]]


def taken_back(carrier: Carrier, case: Case) -> None:
    """Delivered by mistake, and two minutes later not home."""
    van = carrier.round(1).started()
    shipment_id = van.ids[0][0]
    assert van.work(0, "deliver").status == 200
    carrier.clock.advance(timedelta(minutes=2))

    assert van.work(0, "fail", van.action(reason="not_home")).status == 200

    assert van.shop.event_types(shipment_id)[-2:] == ["delivered", "corrected"]
    words = van.state(shipment_id).json["words"]
    assert case.said["expect"]["recipient_told"] == "corrected"
    assert "Merkintä korjattu" in [line["label"] for line in words["story"]]


def the_same_proofs(carrier: Carrier, case: Case) -> None:
    """A photo and a signature, for each who may see them."""
    van = carrier.round(1).started()
    shipment_id = van.ids[0][0]
    drawn = van.proof(shipment_id, kind="signature", content_type="image/png")
    carrier.upload(drawn, png())
    carrier.inspect(drawn)
    proofs = [van.photo(shipment_id), drawn["proof_id"]]
    assert van.work(0, "deliver", van.action(proof_ids=proofs)).status == 200
    path = f"/v1/shipments/{shipment_id}/proofs"

    seen = {
        who: carrier.call("GET", path, token=key).json["data"]
        for who, key in (("shipper", van.shop.key), ("dispatcher", carrier.dispatcher))
    }

    hashes = {who: {each["id"]: each["sha256"] for each in data} for who, data in seen.items()}
    assert hashes["shipper"] == hashes["dispatcher"]
    assert {*hashes["shipper"]} == {*proofs}
    shown = van.state(shipment_id).json["outcome"]["proofs"]
    assert {proof["id"] for proof in shown} == {*proofs}
    own = van.call("GET", f"shipments/{shipment_id}/proofs").json["data"]
    assert {proof["proof_id"] for proof in own if proof["state"] == "accepted"} == {*proofs}
    link = urlsplit(van.orders[shipment_id]["tracking_url"]).path
    to_recipient = (carrier.call("GET", f"{link}/proof/{proof}") for proof in proofs)
    urls = [reply.headers["Location"] for reply in to_recipient]
    urls += [each["url"] for each in seen["shipper"]]
    assert all("X-Amz-Signature" in url for url in urls)


def picture_of_an_iphone(carrier: Carrier, case: Case) -> None:
    """HEIC is no type of the API. The driver's app draws it anew as JPEG before."""
    van = carrier.round(1).started()
    body = {"shipment_id": van.ids[0][0], "kind": "photo", "size_bytes": 1_000}
    reply = van.call("POST", "proofs", body | {"content_type": "image/heic"})
    assert reply.status == 422
    (error,) = reply.json["errors"]
    assert error["pointer"] == "/content_type"
    assert all(kind in error["detail"] for kind in ("image/jpeg", "image/png")), error


STORIES: Final[Mapping[str, Story]] = {
    "F12": the_same_proofs,
    "F1-160": taken_back,
    "F1-171": picture_of_an_iphone,
    "F01": rolled_over,
    "F02": late_of_an_earlier_route,
    "F03": scanner_additions,
    "F04": served_after_all,
    "F05": across_midnight,
    "F11": cancelled_stop,
    "F14": moved_twice,
    "F06": phones,
    "F07": dates_for_times,
    "F08": wrong_clock_outlived,
    "F10": spreadsheet,
    "F13": check_digit,
    "F15": proximity,
    "F16": one_parcel_missing,
    "F17": loaded_on_the_road,
    "F18": one_barcode_twice,
    "F23": digits_for_a_time,
    "F24": link_in_a_mail,
    "F25": byte_order_mark,
    "F26": photo_on_its_way,
    "F27": another_day,
    "F28": start_sent_again,
    "F29": no_city,
    "F09": phones_apps.heartbeats,
    "F30": phones_apps.wrappings,
    "F1-166": phones_apps.rolled_over,
    "F1-168": phones_apps.nested_heartbeat,
    "F1-170": phones_apps.mocked,
}
