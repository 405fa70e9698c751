from chalicelib.domain.ids import ShipmentId, StopId
from chalicelib.domain.routes import Consignment
from tests.builders import make_route, make_stop

TWO_SHIPMENTS = make_stop(
    1,
    consignments=(
        Consignment(ShipmentId("shp_a"), ("A1", "A2")),
        Consignment(ShipmentId("shp_b"), ("B1",)),
    ),
)


def test_a_stop_counts_its_parcels_and_names_its_shipments() -> None:
    assert TWO_SHIPMENTS.parcel_count == 3
    assert TWO_SHIPMENTS.shipment_ids == ("shp_a", "shp_b")


def test_a_stop_is_found_by_its_id() -> None:
    route = make_route(3)

    assert route.stop_index(StopId("stp_2")) == 2
    assert route.stop_index(StopId("stp_9")) is None


def test_a_parcel_is_found_by_its_barcode() -> None:
    route = make_route([make_stop(0), TWO_SHIPMENTS])

    assert route.find_barcode("B1") == ("shp_b",)
    assert route.find_barcode("A2") == ("shp_a",)
    assert route.find_barcode("unknown") == ()
