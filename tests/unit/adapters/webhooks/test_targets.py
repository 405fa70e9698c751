"""The table of reliability.md section 5: each target is refused and not one socket is opened.

Unit tests have no sockets at all; the spy says that none was even asked for.
"""

import socket
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.webhooks.sender import HttpsWebhookSender
from chalicelib.adapters.webhooks.targets import LONGEST_URL, Target, is_public, parse
from chalicelib.domain.errors import Invalid, Unavailable

PUBLIC = "93.184.216.34"
OWN = frozenset({"track.doorstep.example"})


@dataclass
class Network:
    """A resolver with fixed answers and a spy instead of connections."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[str]:
        """Answers in turn, the last one for ever; by default as the C library reads addresses."""
        assert port == 443
        self.asked.append(host)
        if host in self.answers:
            answers = self.answers[host]
            return answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            return [host.strip("[]")]

    def connect(self, address: str, port: int, timeout_s: float) -> socket.socket:
        assert 0 < timeout_s <= 15
        self.dialled.append((address, port))
        raise ConnectionRefusedError


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def sender(network: Network) -> HttpsWebhookSender:
    return HttpsWebhookSender(refused_hosts=OWN, resolve=network.resolve, connect=network.connect)


REFUSED = [
    ("W1", "http://shop.example"),
    ("W2", "https://127.0.0.1"),
    ("W2", "https://127.8.8.8/hooks"),
    ("W3", "https://localhost."),
    ("W3", "https://localhost"),
    ("W3", "https://api.localhost"),
    ("W4", "https://[::1]"),
    ("W5", "https://[::ffff:169.254.169.254]"),
    ("W6", "https://2852039166"),
    ("W7", "https://0xA9FEA9FE"),
    ("W8", "https://0251.0376.0251.0376"),
    ("W9", "https://127.1"),
    ("W10", "https://0"),
    ("W11", "https://10.0.0.1"),
    ("W11", "https://172.16.0.1"),
    ("W11", "https://192.168.0.1"),
    ("W11", "https://100.64.0.1"),
    ("W11", "https://198.18.0.1"),
    ("W12", "https://[64:ff9b::a9fe:a9fe]"),
    ("W13", "https://[2002:a9fe:a9fe::1]"),
    ("W14", "https://[fd00:ec2::254]"),
    ("W15", "https://[fec0::1]"),
    ("W16", "https://224.0.0.1"),
    ("W17", "https://169.254.170.2"),
    ("W17", "https://169.254.169.254/latest/meta-data/"),
    ("W18", "https://user:pw@shop.example"),
    ("W18", "https://user@shop.example"),
    ("W18", "https://:pw@shop.example"),
    ("W18", "https://user:443@shop.example"),
    ("W19", "https://shop.example:22"),
    ("W19", "https://shop.example:6379"),
    ("W19", "https://shop.example:9001"),
    ("W19", "https://shop.example:80"),
    ("W19", "https://shop.example:0"),
    ("W19", "https://shop.example:65979"),
    ("W19", "https://shop.example:"),
    ("W22", "https://metadata.google.internal"),
    ("W23", "https://evil.com#@169.254.169.254"),
    ("W23", "https://evil.com\\@127.0.0.1"),
    ("W23", "https://evil.com/\\@127.0.0.1"),
    ("W23", "https://169.254.169.254#@evil.com"),
    ("W23", "https://evil.com&@127.0.0.1"),
    ("W23", "https:///127.0.0.1"),
    ("W23", "https:/evil.com"),
    ("W23", "//evil.com"),
    ("W24", "https://１２７.0.0.1"),
    ("W24", "https://①②⑦.⓪.⓪.①"),
    ("W24", "https://ｅｖｉｌ.com"),
    ("W24", "https://ex。ample.com"),
    ("W24", "https://localho\u017ft"),
    ("W25", "file:///etc/passwd"),
    ("W25", "gopher://shop.example"),
    ("W25", "data:text/plain,x"),
    ("W25", "javascript:alert(1)"),
    ("W25", "ftp://shop.example"),
    ("W26", f"https://shop.example/{'a' * 2_079}"),
    ("W27", "https://shop.example/\r\nHost: evil"),
    ("W27", "https://shop.example\n"),
    ("W27", "https://shop.example/\x00"),
    ("W27", "https://shop.example/ space"),
    ("W27", "\thttps://shop.example"),
    ("W29", "https://track.doorstep.example/v1/keys"),
    ("W30", "HTTPS://LOCALHOST."),
    ("W30", "https://TRACK.Doorstep.example."),
    ("W30", "https://METADATA.google.INTERNAL."),
    ("W30", "https://127.0.0.1."),
    ("", ""),
    ("", "https://"),
    ("", "https://shop"),
    ("", "https://shop..example"),
    ("", "https://-shop.example"),
    ("", "https://shop_.example"),
    ("", "https://printer.local"),
    ("", "https://shop.%65xample"),
    ("", "https://[fe80::1%25eth0]"),
    ("", f"https://{'a' * 64}.example"),
]


@pytest.mark.parametrize(("case", "url"), REFUSED, ids=[f"{c}-{u[:40]}" for c, u in REFUSED])
def test_the_target_is_refused_without_a_socket(
    case: str, url: str, sender: HttpsWebhookSender, network: Network
) -> None:
    with pytest.raises(Invalid) as refusal:
        sender.check(url)
    with pytest.raises(Invalid):
        sender.post(url, b"{}", {})

    problems: Any = refusal.value.data["errors"]
    assert problems[0]["pointer"] == "/url"
    assert network.asked == []
    assert network.dialled == []


INSIDE = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a9fe:a9fe::1",
    "2002:5db8:d822::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused_without_a_socket(
    address: str, sender: HttpsWebhookSender, network: Network
) -> None:
    network.answers["shop.example"] = [[address]]

    with pytest.raises(Invalid):
        sender.check("https://shop.example")
    with pytest.raises(Invalid):
        sender.post("https://shop.example", b"{}", {})

    assert network.dialled == []


@pytest.mark.parametrize("address", INSIDE)
def test_w20_one_inside_address_among_public_ones_spoils_them_all(
    address: str, sender: HttpsWebhookSender, network: Network
) -> None:
    network.answers["shop.example"] = [[PUBLIC, address, "2606:2800:220:1::1"]]

    with pytest.raises(Invalid):
        sender.post("https://shop.example", b"{}", {})

    assert network.dialled == []


def test_a_name_without_an_address_is_refused(sender: HttpsWebhookSender, network: Network) -> None:
    network.answers["shop.example"] = [[]]

    with pytest.raises(Invalid):
        sender.post("https://shop.example", b"{}", {})


def test_w21_a_name_that_turns_inside_after_the_registration_is_refused(
    sender: HttpsWebhookSender, network: Network
) -> None:
    network.answers["shop.example"] = [[PUBLIC], ["169.254.169.254"]]

    sender.check("https://shop.example")
    with pytest.raises(Invalid):
        sender.post("https://shop.example", b"{}", {})

    assert network.dialled == []


def test_w21_between_check_and_connect_no_name_is_looked_up_again(
    sender: HttpsWebhookSender, network: Network
) -> None:
    network.answers["shop.example"] = [[PUBLIC], ["169.254.169.254"]]

    with pytest.raises(Unavailable):
        sender.post("https://shop.example", b"{}", {})

    assert network.asked == ["shop.example"]
    assert network.dialled == [(PUBLIC, 443)]


def test_w28_a_proxy_in_the_environment_is_ignored(
    sender: HttpsWebhookSender, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    network.answers["shop.example"] = [[PUBLIC]]

    with pytest.raises(Unavailable):
        sender.post("https://shop.example", b"{}", {})

    assert network.dialled == [(PUBLIC, 443)]


def test_addresses_are_tried_in_turn_ipv4_first(
    sender: HttpsWebhookSender, network: Network
) -> None:
    network.answers["shop.example"] = [["2606:2800:220:1::1", PUBLIC]]

    with pytest.raises(Unavailable):
        sender.post("https://shop.example", b"{}", {})

    assert network.dialled == [(PUBLIC, 443), ("2606:2800:220:1::1", 443)]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://shop.example", Target("shop.example", 443, "/")),
        ("https://shop.example:443/a/b?c=d", Target("shop.example", 443, "/a/b?c=d")),
        ("HTTPS://Shop.Example./Hooks", Target("shop.example", 443, "/Hooks")),
        ("https://shop.example?x=1", Target("shop.example", 443, "/?x=1")),
        (
            "https://a-b.xn--hxajbheg2az3al.xn--jxalpdlp/",
            Target("a-b.xn--hxajbheg2az3al.xn--jxalpdlp", 443, "/"),
        ),
        (
            "https://shop.example/user@host:22/%2e%2e",
            Target("shop.example", 443, "/user@host:22/%2e%2e"),
        ),
    ],
)
def test_plain_addresses_pass(url: str, target: Target) -> None:
    assert parse(url, refused_hosts=OWN, allow_local=False) == target


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/hook", "http://localhost"])
def test_this_machine_is_allowed_on_a_laptop_alone(url: str, network: Network) -> None:
    assert parse(url, refused_hosts=OWN, allow_local=True).is_local
    with pytest.raises(Invalid):
        parse(url, refused_hosts=OWN, allow_local=False)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:80", "http://shop.example", "https://127.0.0.1", "http://127.0.0.2"]
)
def test_a_laptop_allows_nothing_else(url: str) -> None:
    with pytest.raises(Invalid):
        parse(url, refused_hosts=OWN, allow_local=True)


def test_a_local_name_that_leads_elsewhere_is_refused() -> None:
    dialled: list[str] = []

    def connect(address: str, port: int, timeout_s: float) -> socket.socket:
        del port, timeout_s
        dialled.append(address)
        raise ConnectionRefusedError

    sender = HttpsWebhookSender(allow_local=True, resolve=lambda *_: ["10.0.0.1"], connect=connect)
    with pytest.raises(Invalid):
        sender.post("http://localhost:8000", b"{}", {})

    assert dialled == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:220:1::1", "2a00:1450::1"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_address_is_public_that_python_calls_otherwise(address: object) -> None:
    assert not is_public(str(address)) or address.is_global  # type: ignore[attr-defined]


@given(st.text(max_size=60) | st.from_regex(r"https://[^\s]{1,30}(/.*)?", fullmatch=True))
def test_whatever_passes_is_plain(url: str) -> None:
    try:
        target = parse(url, refused_hosts=OWN, allow_local=False)
    except Invalid:
        return
    assert url.isascii()
    assert url.isprintable()
    assert len(url) <= LONGEST_URL
    assert target.port == 443
    assert target.host not in OWN
    assert target.path.startswith("/")
    assert not target.host.rpartition(".")[2][0].isdigit()


@pytest.mark.parametrize(
    ("errno", "error"), [(socket.EAI_NONAME, Invalid), (socket.EAI_AGAIN, Unavailable)]
)
def test_a_name_that_nobody_knows_is_refused_and_a_silent_server_is_for_later(
    errno: int, error: type[Exception]
) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(errno, f"{host}:{port}")

    sender = HttpsWebhookSender(resolve=resolve)
    with pytest.raises(error):
        sender.check("https://shop.example")
    with pytest.raises(Unavailable):
        sender.post("https://shop.example", b"{}", {})
