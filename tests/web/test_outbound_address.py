"""No address leads inside: whatever is typed, and whatever a name resolves to the second time (R66, R67, F31)."""

import ipaddress
import socket

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.web import outbound_address, outbound_http
from apps.web.outbound_address import AddressRefused, check_url, resolve
from config import env
from tests import listening

PUBLIC = "93.184.216.34"

# What the names in the addresses below lead to.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.localdomain": ["127.0.0.1"],
    "inside.example.com": ["127.0.0.1"],
    "inside6.example.com": ["::1"],
    "half.example.com": [PUBLIC, "127.0.0.1"],
    "half6.example.com": [PUBLIC, "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "compatible.example.com": ["::127.0.0.1"],
    "nat64.example.com": ["64:ff9b::7f00:1"],
    "six.example.com": ["2002:7f00:1::"],
    "scoped.example.com": ["fe80::1%lo"],
    "xn--r8jz45g.example.com": ["127.0.0.1"],
}

# Each would open a connection to this machine, or to what only it reaches, if it were taken as some program takes it.
INSIDE = [
    "https://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1.:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://127.255.255.254:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.1:{port}/",
    "https://0x7f.0x0.0x0.0x1:{port}/",
    "https://0X7F.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0177.0.0.01:{port}/",
    "https://017700000001:{port}/",
    "https://127.0.0.1.0x1:{port}/",
    "https://00000127.0.0.1:{port}/",
    "https://127.0.0.1%00.example.com:{port}/",
    "https://127%2e0%2e0%2e1:{port}/",
    "https://%31%32%37.0.0.1:{port}/",
    "https://１２７.0.0.1:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://127。0。0。1:{port}/",
    "https://127．0．0．1:{port}/",
    "https://127｡0｡0｡1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://0.1.2.3:{port}/",
    "https://10.0.0.1:{port}/",
    "https://172.16.0.1:{port}/",
    "https://172.31.255.255:{port}/",
    "https://192.168.0.1:{port}/",
    "https://169.254.169.254:{port}/latest/meta-data/",
    "http://169.254.169.254:{port}/latest/meta-data/",
    "https://100.100.100.200:{port}/",
    "https://100.64.0.1:{port}/",
    "https://192.0.0.8:{port}/",
    "https://192.0.2.1:{port}/",
    "https://192.88.99.1:{port}/",
    "https://198.18.0.1:{port}/",
    "https://198.51.100.1:{port}/",
    "https://203.0.113.1:{port}/",
    "https://224.0.0.1:{port}/",
    "https://240.0.0.1:{port}/",
    "https://255.255.255.255:{port}/",
    "https://[::]:{port}/",
    "https://[::1]:{port}/",
    "http://[::1]:{port}/",
    "https://[0:0:0:0:0:0:0:1]:{port}/",
    "https://[0000::0001]:{port}/",
    "https://[::1%25lo]:{port}/",
    "https://[::1%lo]:{port}/",
    "https://[fe80::1%25eth0]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "https://[::ffff:169.254.169.254]:{port}/",
    "https://[::ffff:0:127.0.0.1]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/",
    "https://[64:ff9b:1::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[2001:0:7f00:1::]:{port}/",
    "https://[2001::80ff:fffe]:{port}/",
    "https://[2001:db8::1]:{port}/",
    "https://[2001:10::1]:{port}/",
    "https://[100::1]:{port}/",
    "https://[3fff::1]:{port}/",
    "https://[5f00::1]:{port}/",
    "https://[fc00::1]:{port}/",
    "https://[fd00:ec2::254]:{port}/",
    "https://[fe80::1]:{port}/",
    "https://[fec0::1]:{port}/",
    "https://[ff02::1]:{port}/",
    "https://[4000::1]:{port}/",
    "https://[127.0.0.1]:{port}/",
    "https://[v1.127]:{port}/",
    "https://::1:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/",
    "https://ｌｏｃａｌｈｏｓｔ:{port}/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "https://localhost.localdomain:{port}/",
    "https://inside.example.com:{port}/",
    "https://INSIDE.example.com.:{port}/",
    "https://inside6.example.com:{port}/",
    "https://half.example.com:{port}/",
    "https://half6.example.com:{port}/",
    "https://metadata.google.internal:{port}/",
    "https://mapped.example.com:{port}/",
    "https://compatible.example.com:{port}/",
    "https://nat64.example.com:{port}/",
    "https://six.example.com:{port}/",
    "https://scoped.example.com:{port}/",
    "https://☃.example.com:{port}/",
    "https://例え.example.com:{port}/",
    "https://example.com@127.0.0.1:{port}/",
    "https://example.com:443@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}@example.com/",
    "https://@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@example.com/",
    "https://example.com#@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\\@example.com/",
    "https://example.com\\@127.0.0.1:{port}/",
    "https:\\\\127.0.0.1:{port}/",
    "https:/127.0.0.1:{port}/",
    "https:127.0.0.1:{port}/",
    "https:///127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "127.0.0.1:{port}",
    " https://127.0.0.1:{port}/",
    "https://127.0.0.1 :{port}/",
    "https://127.0.0.1\t:{port}/",
    "ht\ntps://127.0.0.1:{port}/",
    "https://127.0.0\n.1:{port}/",
    "https://127.0.0.1:{port}/\r\nHost: example.com",
    "https://127.0.0.1\0.example.com:{port}/",
    "https://127.0.0.1\u200b:{port}/",
    "https://127.0.0.1\u00ad:{port}/",
    "https://127.0.0.1:{port}:443/",
    "https://127.0.0.1:0{port}/",
    "https://127.0.0.1:+{port}/",
    "https://127.0.0.1:/",
    "https://:{port}/",
    "https://.:{port}/",
    "https://..:{port}/",
    "gopher://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/",
    "unix:///run/docker.sock",
    "jar:https://127.0.0.1:{port}/!/",
]


def answers(addresses: list[str], port: int) -> list[tuple]:
    """As getaddrinfo gives them."""
    return [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (each, port, 0, 0))
        if ":" in each
        else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
        for each in addresses
    ]


@pytest.fixture
def names(monkeypatch):
    """The resolver, for names that are listed and for plain addresses; others lead nowhere."""
    known = dict(NAMES)

    def look_up(host, port, *_arguments, **_options):
        if host in known:
            return answers(known[host], port)
        try:
            return answers([host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))], port)
        except OSError:
            raise socket.gaierror(socket.EAI_NONAME, "unknown") from None

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.fixture
def connections(monkeypatch):
    """Addresses that a connection was tried to, at the lowest place there is; what leaves this machine is refused."""
    tried = []
    connect = socket.socket.connect

    def recorded(opened, address):
        if opened.type == socket.SOCK_STREAM:
            tried.append(address[0])
            if not ipaddress.ip_address(address[0]).is_loopback:
                raise ConnectionRefusedError
        return connect(opened, address)

    monkeypatch.setattr(socket.socket, "connect", recorded)
    return tried


@pytest.fixture(scope="module")
def canary():
    with listening.canary() as seen:
        yield seen


@pytest.fixture
def open_settings(settings, canary):
    """All is allowed that can be, so that nothing but the rules on addresses stands in the way."""
    settings.OUTBOUND_HTTP = True
    settings.OUTBOUND_PORTS = [canary.port]


def test_the_canary_sings(canary):
    before = canary.connections
    for host in ("127.0.0.1", "::1"):
        with socket.create_connection((host, canary.port)) as connection:
            connection.recv(1)
    assert canary.connections == before + 2


@pytest.mark.parametrize("url", INSIDE)
def test_no_address_leads_inside(url, names, connections, canary, open_settings):
    before = canary.connections
    with pytest.raises(outbound_http.OutboundError) as refused:
        outbound_http.post(url.format(port=canary.port), b"{}", {}, deadline=5)
    assert (refused.value.code, refused.value.temporary, refused.value.sent) == ("address", False, False)
    assert connections == []
    assert canary.connections == before


def test_a_second_answer_of_the_resolver_is_never_asked_for(monkeypatch, connections, canary, open_settings):
    before, asked = canary.connections, []

    def rebinding(host, port, *_arguments, **_options):
        asked.append(host)
        return answers([PUBLIC] if asked.count(host) == 1 else ["127.0.0.1", "::1"], port)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    for number in range(1_000):
        with pytest.raises(outbound_http.OutboundError) as failed:
            outbound_http.post(f"https://{number}.rebinding.example:{canary.port}/", b"{}", {}, deadline=5)
        assert failed.value.code == "refused"
    assert len(asked) == 1_000
    assert connections == [PUBLIC] * 1_000
    assert canary.connections == before


def test_the_answer_after_a_harmless_one_is_judged_anew(monkeypatch, connections, canary, open_settings):
    asked = []

    def rebinding(host, port, *_arguments, **_options):
        asked.append(host)
        return answers([PUBLIC] if len(asked) == 1 else ["127.0.0.1"], port)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    codes = []
    for _time in range(2):
        with pytest.raises(outbound_http.OutboundError) as failed:
            outbound_http.post(f"https://rebinding.example:{canary.port}/", b"{}", {}, deadline=5)
        codes.append(failed.value.code)
    assert codes == ["refused", "address"]
    assert connections == [PUBLIC]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hooks.example.com", ("https", "hooks.example.com", 443, "/", "hooks.example.com")),
        ("https://hooks.example.com:8443/a/b", ("https", "hooks.example.com", 8443, "/a/b", "hooks.example.com:8443")),
        ("HTTPS://Hooks.Example.COM:443/A?b=C", ("https", "hooks.example.com", 443, "/A?b=C", "hooks.example.com")),
        ("https://hooks.example.com.?a", ("https", "hooks.example.com", 443, "/?a", "hooks.example.com")),
        (
            "https://bücher.example/ü?ü=1",
            ("https", "xn--bcher-kva.example", 443, "/%C3%BC?%C3%BC=1", "xn--bcher-kva.example"),
        ),
        ("https://例え.jp/", ("https", "xn--r8jz45g.jp", 443, "/", "xn--r8jz45g.jp")),
        ("https://a_b.example.com/%2F@x:y", ("https", "a_b.example.com", 443, "/%2F@x:y", "a_b.example.com")),
        ("https://1.1.1.1/", ("https", "1.1.1.1", 443, "/", "1.1.1.1")),
        ("https://[2606:4700:0::1111]/", ("https", "2606:4700::1111", 443, "/", "[2606:4700::1111]")),
    ],
)
def test_a_good_address_is_read_as_it_was_meant(url, expected):
    found = check_url(url)
    assert (found.scheme, found.host, found.port, found.target, found.authority) == expected


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "form"),
        ("hooks.example.com", "form"),
        ("ftp://hooks.example.com/", "scheme"),
        ("mailto:kenta@example.com", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("htttps://hooks.example.com/", "scheme"),
        ("http:hooks.example.com", "form"),
        ("hooks.example.com:8443/x", "form"),
        ("https://hooks.example.com:port/", "form"),
        ("https://hooks.example.com:/", "form"),
        ("https://hooks.example.com/a b", "marks"),
        ("https://hooks.example.com/\x07", "marks"),
        ("https://hooks.example.com\\a", "marks"),
        ("https://hooks.example.com/\ud800", "marks"),
        ("https://hooks.example.com/" + "a" * 2_023, "long"),
        ("https://name:word@hooks.example.com/", "userinfo"),
        ("https://hooks.example.com/#", "fragment"),
        ("https://hooks.example.com/a#b", "fragment"),
        ("http://hooks.example.com/", "http"),
        ("https://", "host"),
        ("https:///a", "host"),
        ("https://-a.example.com/", "host"),
        ("https://a..example.com/", "host"),
        ("https://" + "a" * 64 + ".example.com/", "host"),
        ("https://" + "a." * 127 + "example/", "host"),
        ("https://[::1%25lo]/", "form"),
        ("https://[::g]/", "form"),
        ("https://[1::2::3]/", "host"),
        ("https://8.8.8.8./", "host"),
        ("https://8.8/", "host"),
        ("https://hooks.example.com:80/", "port"),
        ("https://hooks.example.com:22/", "port"),
        ("https://hooks.example.com:99999/", "port"),
        ("https://10.0.0.1/", "inside"),
        ("https://miraizu.example.org/", "own"),
        ("https://MIRAIZU.example.org./hooks", "own"),
    ],
)
def test_a_refusal_says_why_in_the_readers_language(settings, url, code):
    settings.SITE_URL = "https://miraizu.example.org"
    with pytest.raises(AddressRefused) as refused:
        check_url(url)
    assert refused.value.code == code
    with translation.override("en"):
        assert str(refused.value.text).endswith(".")


def test_an_address_may_be_as_long_as_the_text_says():
    assert check_url("https://hooks.example.com/".ljust(2_048, "a")).port == 443


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,40}(/.*)?", fullmatch=True))
def test_whatever_is_typed_is_read_or_refused(url):
    try:
        checked = check_url(url)
    except AddressRefused:
        return
    assert checked.host.isascii() and checked.target.isascii()
    assert checked.target.startswith("/")
    assert check_url(f"{checked.scheme}://{checked.authority}{checked.target}") == checked


def test_plain_http_and_other_ports_are_the_admins_to_allow(settings):
    settings.OUTBOUND_HTTP, settings.OUTBOUND_PORTS = True, [9000]
    assert check_url("http://hooks.example.com/").port == 80
    assert check_url("http://hooks.example.com:9000/").authority == "hooks.example.com:9000"


@pytest.mark.parametrize(
    ("allowed", "host", "leads_to"),
    [
        ("chat.internal", "chat.internal", ["10.1.2.3", "fd00::1"]),
        ("10.1.0.0/16", "chat.internal", ["10.1.2.3"]),
        ("10.1.2.3", "chat.internal", ["10.1.2.3"]),
        ("10.1.2.3/8", "chat.internal", ["10.1.2.3", PUBLIC]),
        ("10.0.0.0/8", "chat.internal", ["::ffff:10.1.2.3"]),
        ("fd00::/8", "chat.internal", ["fd00::1"]),
        ("64:ff9b::/96", "hooks.example.com", ["64:ff9b::5db8:d822"]),
    ],
)
def test_what_the_admin_lists_may_lie_inside(settings, names, allowed, host, leads_to):
    settings.OUTBOUND_HOSTS = [allowed]
    names[host] = leads_to
    assert resolve(host, 443) == leads_to


@pytest.mark.parametrize(
    ("allowed", "leads_to"),
    [
        ("other.internal", ["10.1.2.3"]),
        ("internal", ["10.1.2.3"]),
        ("10.1.0.0/16", ["10.2.0.1"]),
        ("10.1.0.0/16", ["10.1.2.3", "127.0.0.1"]),
        ("64:ff9b::/96", ["64:ff9b::7f00:1"]),
        ("2002::/16", ["2002:7f00:1::"]),
        ("2001::/32", ["2001:0:7f00:1::"]),
        ("0.0.0.0/32", ["127.0.0.1"]),
    ],
)
def test_what_the_admin_lists_opens_nothing_else(settings, names, allowed, leads_to):
    settings.OUTBOUND_HOSTS = [allowed]
    names["chat.internal"] = leads_to
    with pytest.raises(AddressRefused):
        resolve("chat.internal", 443)


def test_all_addresses_of_a_name_are_given_once_and_in_their_order(names):
    names["hooks.example.com"] = ["2606:4700::1111", PUBLIC, PUBLIC]
    assert resolve("hooks.example.com", 443) == ["2606:4700::1111", PUBLIC]


def test_an_address_of_this_machine_is_refused_though_it_is_public(names, monkeypatch):
    # No machine that runs tests has a public address for certain: loopback plays one.
    monkeypatch.setattr(outbound_address, "_is_public", lambda _address: True)
    names["hooks.example.com"] = ["127.0.0.1"]
    with pytest.raises(AddressRefused) as refused:
        resolve("hooks.example.com", 443)
    assert refused.value.code == "own"
    assert not outbound_address._is_own(ipaddress.ip_address(PUBLIC))


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("MIRAIZU_OUTBOUND_HOSTS", "https://chat.internal", env.outbound_hosts),
        ("MIRAIZU_OUTBOUND_HOSTS", "chat.internal:8443", env.outbound_hosts),
        ("MIRAIZU_OUTBOUND_HOSTS", "*.internal", env.outbound_hosts),
        ("MIRAIZU_OUTBOUND_HOSTS", "10.0.0.0/99", env.outbound_hosts),
        ("MIRAIZU_OUTBOUND_HOSTS", "127.1", env.outbound_hosts),
        ("MIRAIZU_OUTBOUND_HOSTS", "chat.internal, ,", env.outbound_hosts),
        ("MIRAIZU_OUTBOUND_PORTS", "0", env.outbound_ports),
        ("MIRAIZU_OUTBOUND_PORTS", "65536", env.outbound_ports),
        ("MIRAIZU_OUTBOUND_PORTS", "9" * 5_000, env.outbound_ports),
        ("MIRAIZU_OUTBOUND_PORTS", "https", env.outbound_ports),
        ("MIRAIZU_OUTBOUND_PORTS", "８０", env.outbound_ports),
        ("MIRAIZU_OUTBOUND_HTTP", "perhaps", lambda: env.yes_or_no("MIRAIZU_OUTBOUND_HTTP")),
    ],
)
def test_a_setting_that_can_not_be_used_is_refused(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=rf"^{name}[^\n]*\.$"):
        read()


def test_settings_are_read_as_they_are_written(monkeypatch):
    monkeypatch.setenv("MIRAIZU_OUTBOUND_HOSTS", "Chat.internal., 10.0.0.0/24,fd00::1")
    monkeypatch.setenv("MIRAIZU_OUTBOUND_PORTS", "8065, 80")
    assert env.outbound_hosts() == ["chat.internal", "10.0.0.0/24", "fd00::1"]
    assert env.outbound_ports() == [8065, 80]
    for value, meant in (("on", True), ("True", True), ("1", True), ("off", False), ("no", False), ("", False)):
        monkeypatch.setenv("MIRAIZU_OUTBOUND_HTTP", value)
        assert env.yes_or_no("MIRAIZU_OUTBOUND_HTTP") is meant
