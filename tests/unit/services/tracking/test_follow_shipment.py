from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DriverId, ShipmentId
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.domain.tracking.versions import Unchanged, Versions
from chalicelib.services.tracking.follow_shipment import FollowShipment
from tests.support.builders import (
    NOON,
    make_attempt,
    make_live,
    make_proof,
    make_route,
    make_shipment,
    make_shipper,
    make_travelling,
    seconds,
)
from tests.support.in_memory import InMemoryCarrier

OVER = timedelta(days=14)


def sent(shipment: Shipment) -> tuple[InMemoryCarrier, str]:
    """A carrier with this shipment, and the link that its recipient was sent."""
    carrier = InMemoryCarrier()
    carrier.shippers.put(make_shipper())
    carrier.has(shipment)
    return carrier, carrier.signer.tracking_token(shipment.id, shipment.link_generation)


def delivered(**changes: Any) -> Shipment:
    default: dict[str, Any] = {
        "status": Status.DELIVERED,
        "completed_at": NOON,
        "last_attempt": make_attempt(proofs=(make_proof(1), make_proof(2))),
    }
    return make_travelling(**default | changes)


def test_a_link_shows_the_shipment_its_sender_and_its_history() -> None:
    carrier, token = sent(make_shipment())

    view = carrier.use(FollowShipment)(token)

    assert (view.reference, view.status) == ("ORDER-1", Status.CREATED)
    assert (view.sender.name, view.sender.support_contact) == ("Kirjakauppa", "help@example.com")
    assert [milestone.type for milestone in view.timeline] == ["shipment.created"]
    assert view.server_now == NOON


def test_on_the_way_it_shows_where_the_van_is() -> None:
    carrier, token = sent(make_travelling(1))
    carrier.has(make_live())

    view = carrier.use(FollowShipment)(token)

    assert view.eta == make_live().etas[1]
    assert view.stops_before == 1
    assert view.position is not None


def test_only_its_own_driver_is_looked_at() -> None:
    carrier, token = sent(make_travelling(1))
    carrier.has(make_live(driver_id=DriverId("drv_2")))

    view = carrier.use(FollowShipment)(token)

    assert (view.eta, view.position) == (None, None)


def test_where_a_hand_over_is_not_noted_yet_the_plan_says_whose_van_it_is() -> None:
    carrier, token = sent(make_travelling(1))
    later = DriverId("drv_2")
    carrier.has(make_live(ended_at=NOON), make_live(driver_id=later))
    carrier.has(make_route(2, driver_id=later, status=RouteStatus.ACTIVE))
    use = carrier.use(FollowShipment)

    view = use(token)
    made_of = Versions.at(NOON, shipment=view.version, live=view.live_version)

    assert view.eta == make_live().etas[1]
    assert view.position is not None
    assert use.unless_known(token, made_of) == view


@pytest.mark.parametrize("status", [Status.LOADED, Status.ATTEMPT_FAILED, Status.DELIVERED])
def test_before_and_after_the_way_it_shows_nothing_of_the_van(status: Status) -> None:
    carrier, token = sent(make_travelling(1, status=status))
    carrier.has(make_live())

    view = carrier.use(FollowShipment)(token)

    assert (view.eta, view.position, view.stops_before) == (None, None, None)


def test_a_link_that_nobody_made_is_not_found() -> None:
    carrier, token = sent(make_shipment())

    with pytest.raises(NotFound):
        carrier.use(FollowShipment)(f"{token}0")


def test_a_guess_costs_no_read() -> None:
    carrier, token = sent(make_shipment())
    unreadable = replace(carrier.use(FollowShipment), shipments=None)  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        unreadable(f"{token}0")


def test_a_link_to_a_shipment_that_is_gone_is_not_found() -> None:
    carrier, _ = sent(make_shipment())
    token = carrier.signer.tracking_token(ShipmentId("shp_none"), 1)

    with pytest.raises(NotFound):
        carrier.use(FollowShipment)(token)


@pytest.mark.parametrize("generation", [1, 3])
def test_a_link_of_another_generation_is_not_found(generation: int) -> None:
    carrier, token = sent(make_shipment(link_generation=2))
    revoked = carrier.signer.tracking_token(make_shipment().id, generation)
    follow = carrier.use(FollowShipment)

    assert follow(token).reference == "ORDER-1"
    with pytest.raises(NotFound):
        follow(revoked)


def test_a_link_ends_14_days_after_the_delivery() -> None:
    carrier, token = sent(delivered())
    follow = carrier.use(FollowShipment)

    carrier.clock.at = NOON + OVER
    assert follow(token).status is Status.DELIVERED

    carrier.clock.at = NOON + OVER + seconds(1)
    with pytest.raises(NotFound):
        follow(token)
    with pytest.raises(NotFound):
        follow.proof_link(token, "prf_1")


def test_each_proof_of_the_last_attempt_has_a_link() -> None:
    carrier, token = sent(delivered())

    link = carrier.use(FollowShipment).proof_link(token, "prf_2")

    assert link == carrier.proofs.link(make_proof(2))


@pytest.mark.parametrize("proof_id", ["prf_3", "", "../prf_1"])
def test_a_proof_of_something_else_has_none(proof_id: str) -> None:
    carrier, token = sent(delivered())

    with pytest.raises(NotFound):
        carrier.use(FollowShipment).proof_link(token, proof_id)


def test_before_an_attempt_there_are_no_proofs() -> None:
    carrier, token = sent(make_travelling())

    with pytest.raises(NotFound):
        carrier.use(FollowShipment).proof_link(token, "prf_1")


def test_a_revoked_link_opens_no_proof() -> None:
    carrier, _ = sent(delivered(link_generation=2))
    revoked = carrier.signer.tracking_token(make_shipment().id, 1)

    with pytest.raises(NotFound):
        carrier.use(FollowShipment).proof_link(revoked, "prf_1")


def made_of(view: TrackingView) -> Versions:
    return Versions.at(view.server_now, shipment=view.version, live=view.live_version)


def test_what_a_reader_knows_is_not_put_together_again() -> None:
    carrier, token = sent(make_travelling(1))
    carrier.has(make_live())
    follow = carrier.use(FollowShipment)
    known = made_of(follow(token))

    assert follow.unless_known(token, known) == Unchanged(NOON)


def test_what_is_at_rest_stays_known_for_a_quarter_of_an_hour() -> None:
    carrier, token = sent(delivered())
    follow = carrier.use(FollowShipment)
    known = made_of(follow(token))

    carrier.clock.go_on(timedelta(minutes=14))
    soon = follow.unless_known(token, known)
    carrier.clock.go_on(timedelta(minutes=1))
    later = follow.unless_known(token, known)

    assert soon == Unchanged(NOON + timedelta(minutes=14))
    assert later == follow(token)


@pytest.mark.parametrize("change", ["shipment", "live", "time"])
def test_every_change_is_seen(change: str) -> None:
    carrier, token = sent(make_travelling(1))
    carrier.has(make_live(version=1))
    follow = carrier.use(FollowShipment)
    known = made_of(follow(token))

    match change:
        case "shipment":
            known = replace(known, shipment=known.shipment - 1)
        case "live":
            known = replace(known, live=0)
        case "time":
            carrier.clock.go_on(timedelta(minutes=1))

    assert follow.unless_known(token, known) == follow(token)


def test_what_is_known_of_a_link_that_ended_is_not_told() -> None:
    carrier, token = sent(delivered())
    follow = carrier.use(FollowShipment)
    known = made_of(follow(token))

    carrier.clock.go_on(OVER + seconds(1))

    with pytest.raises(NotFound):
        follow.unless_known(token, known)
    with pytest.raises(NotFound):
        follow.unless_known(carrier.signer.tracking_token(ShipmentId("shp_0001"), 2), known)
