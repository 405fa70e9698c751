import pytest

from chalicelib.pages.tracking.basemaps import basemap


def test_the_host_of_the_tiles_is_let_through() -> None:
    ground = basemap("https://tile.example/{z}/{x}/{y}.png", "© Somebody", base_path="/api")

    assert ground.kind == "tiles"
    assert ground.image_source == "https://tile.example"
    assert ground.connect_source == ""


def test_a_template_of_hosts_becomes_a_wildcard() -> None:
    ground = basemap("https://{s}.tile.example/{z}/{x}/{y}.png", "", base_path="")

    assert ground.image_source == "https://*.tile.example"


@pytest.mark.parametrize("tile_url", ["demo", "streets:/static/demo-streets.json"])
def test_streets_of_this_deployment_are_found_below_its_stage(tile_url: str) -> None:
    ground = basemap(tile_url, "© OpenStreetMap contributors", base_path="/api")

    assert (ground.kind, ground.url) == ("streets", "/api/static/demo-streets.json")
    assert (ground.image_source, ground.connect_source) == ("", "")


def test_streets_from_elsewhere_are_fetched_not_drawn_as_images() -> None:
    ground = basemap("streets:https://maps.example/streets.json", "", base_path="")

    assert (ground.image_source, ground.connect_source) == ("", "https://maps.example")


def test_a_map_may_have_no_ground() -> None:
    assert basemap("none", "", base_path="").kind == "none"


def test_an_address_without_a_scheme_is_another_host() -> None:
    assert basemap("//tile.example/{z}.png", "", base_path="/api").url == "//tile.example/{z}.png"
