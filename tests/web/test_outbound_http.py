"""One message out, and what can go wrong with it: right class, in time, in bounds, and never elsewhere (R16, R68, F15)."""

import ast
import contextlib
import email.utils
import gzip
import logging
import socket
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.web import outbound_http
from apps.web.outbound_http import OutboundError, post, retry_after
from tests.certificates import Authority
from tests.listening import canary, server

HOST = "hooks.test"
DEADLINE, SLACK = 1.0, 2.0  # seconds; the slack is for a machine that is busy
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.certificate(HOST)


@pytest.fixture(autouse=True)
def reachable(settings, monkeypatch, authority):
    """hooks.test is this machine, its admin allows it, and its authority is trusted as an operator would have it."""
    settings.OUTBOUND_HOSTS = [HOST]
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    look_up = socket.getaddrinfo

    def known(host, *arguments, **options):
        return look_up("127.0.0.1" if host == HOST else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", known)


@pytest.fixture
def serve(settings, certificate):
    """Starts a server that answers with bytes or by a function; gives its address and what it sees."""
    with contextlib.ExitStack() as running:

        def start(answer, certificate=certificate, path="/services/abc?d=e"):
            talk = answer if callable(answer) else lambda connection: connection.sendall(answer)
            seen = running.enter_context(server(talk, certificate))
            settings.OUTBOUND_PORTS = [*settings.OUTBOUND_PORTS, seen.port]
            return f"{'https' if certificate else 'http'}://{HOST}:{seen.port}{path}", seen

        yield start


@contextlib.contextmanager
def in_time(seconds=DEADLINE):
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds + SLACK


def failure(url, deadline=DEADLINE, **options):
    with in_time(deadline), pytest.raises(OutboundError) as failed:
        post(url, b"{}", {}, deadline=deadline, **options)
    return failed.value.code, failed.value.temporary, failed.value.sent


def dripping(first: bytes, each: bytes):
    """Says `first`, and then `each` again and again: no time-out between two bytes ever comes."""

    def talk(connection):
        connection.sendall(first)
        for _second in range(100):
            time.sleep(0.1)
            connection.sendall(each)

    return talk


def test_it_works(serve):
    url, seen = serve(b"HTTP/1.1 202 Accepted\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nyes")
    answer = post(url, "{“a”: 1}".encode(), {"Content-Type": "application/json", "X-Signature": "v1,abc"})
    assert (answer.status, answer.body, answer.headers["x-one"]) == (202, b"yes", "1")
    head, body = seen.requests[0].split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /services/abc?d=e HTTP/1.1"
    assert body.decode() == "{“a”: 1}"
    assert sorted(lines[1:]) == sorted(
        [
            f"Host: {HOST}:{seen.port}",
            "User-Agent: Miraizu",
            "Accept-Encoding: identity",
            "Connection: close",
            "Content-Type: application/json",
            "X-Signature: v1,abc",
            "Content-Length: 12",
        ]
    )
    assert seen.names == [HOST]


def test_plain_http_where_the_admin_allows_it(serve, settings):
    url, seen = serve(OK, certificate=None)
    assert failure(url) == ("address", False, False)
    assert seen.connections == 0
    settings.OUTBOUND_HTTP = True
    assert post(url, b"{}", {}).body == b"ok"


@pytest.mark.parametrize("status", [200, 204, 304, 400, 404, 410, 429, 500, 503])
def test_any_status_is_an_answer(serve, status):
    length = b"" if status in (204, 304) else b"Content-Length: 2\r\n\r\nno"
    url, _seen = serve(b"HTTP/1.1 %d Said\r\nRetry-After: 7\r\n%s" % (status, length or b"\r\n"))
    answer = post(url, b"{}", {})
    assert (answer.status, answer.retry_after(NOW)) == (status, 7)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(serve, status):
    with canary() as inside:
        url, seen = serve(b"HTTP/1.1 %d Moved\r\nLocation: https://127.0.0.1:%d/\r\n\r\n" % (status, inside.port))
        assert post(url, b"{}", {}).status == status
        assert (seen.connections, inside.connections) == (1, 0)


def test_a_proxy_of_the_environment_is_not_asked(serve, monkeypatch):
    with canary() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        url, _seen = serve(OK)
        assert post(url, b"{}", {}).status == 200
        assert proxy.connections == 0


@pytest.mark.parametrize(
    "wrong",
    [{"host": HOST, "days": -1}, {"host": "other.test"}, {"host": HOST, "trusted": False}, {"host": "127.0.0.1"}],
    ids=["expired", "another host's", "self-signed", "for the address"],
)
def test_a_wrong_certificate_ends_it_before_anything_is_said(serve, authority, wrong):
    url, seen = serve(OK, authority.certificate(**wrong))
    assert failure(url) == ("tls", False, False)
    assert seen.requests == []


def test_a_server_without_tls_is_told_nothing(settings):
    with socket.create_server(("127.0.0.1", 0)) as plain:
        settings.OUTBOUND_PORTS = [plain.getsockname()[1]]
        heard = []

        def accept():
            connection, _address = plain.accept()
            with connection:
                heard.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=accept, daemon=True).start()
        assert failure(f"https://{HOST}:{plain.getsockname()[1]}/secret") == ("tls", True, False)
    assert b"secret" not in heard[0]


def test_a_server_that_hangs_up_at_once(settings):
    with socket.create_server(("127.0.0.1", 0)) as rude:
        settings.OUTBOUND_PORTS = [rude.getsockname()[1]]

        def accept():
            connection, _address = rude.accept()
            with connection:
                connection.recv(65_536)

        threading.Thread(target=accept, daemon=True).start()
        assert failure(f"https://{HOST}:{rude.getsockname()[1]}/") == ("connection", True, False)


def test_nobody_there(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.OUTBOUND_PORTS = [port]
    assert failure(f"https://{HOST}:{port}/") == ("refused", True, False)


def test_the_next_address_is_tried_where_the_first_does_not_answer(serve, monkeypatch):
    url, _seen = serve(OK)
    # Only 127.0.0.1 is listened to.
    both = [(family, socket.SOCK_STREAM, 6, "", (address, 0)) for family, address in
            ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1"))]  # fmt: skip
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: both)
    assert post(url, b"{}", {}).status == 200


def test_a_name_that_leads_nowhere(monkeypatch):
    def look_up(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert failure(f"https://{HOST}/") == ("dns", True, False)


def test_the_resolver_is_asked_once_for_a_message(serve, monkeypatch):
    url, seen = serve(OK)
    asked, look_up = [], socket.getaddrinfo

    def counted(host, *arguments, **options):
        asked.append(host)
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    assert post(url, b"{}", {}).status == 200
    assert (asked, seen.connections) == ([HOST], 1)


@pytest.mark.long
def test_a_resolver_that_hangs(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: released.wait(20) and [])
    assert failure(f"https://{HOST}/") == ("dns", True, False)
    released.set()


@pytest.mark.long
def test_a_host_that_does_not_take_the_connection(settings):
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _place in range(4):  # its queue is full: the next ones are not even refused
            connection = waiting.enter_context(socket.socket())
            connection.setblocking(False)
            connection.connect_ex(full.getsockname())
        settings.OUTBOUND_PORTS = [full.getsockname()[1]]
        assert failure(f"https://{HOST}:{full.getsockname()[1]}/") == ("timeout", True, False)


@pytest.mark.long
def test_a_host_that_takes_the_connection_and_says_nothing(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.OUTBOUND_PORTS, settings.OUTBOUND_HTTP = [silent.getsockname()[1]], True
        assert failure(f"https://{HOST}:{silent.getsockname()[1]}/") == ("timeout", True, False)
        assert failure(f"http://{HOST}:{silent.getsockname()[1]}/") == ("timeout", True, True)


@pytest.mark.long
def test_a_handshake_that_drips(settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.OUTBOUND_PORTS = [listener.getsockname()[1]]

        def accept():
            connection, _address = listener.accept()
            with connection, contextlib.suppress(OSError):
                # A record of 16 KiB, a byte at a time.
                dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00")(connection)

        threading.Thread(target=accept, daemon=True).start()
        assert failure(f"https://{HOST}:{listener.getsockname()[1]}/") == ("timeout", True, False)


@pytest.mark.long
@pytest.mark.parametrize(
    ("first", "each"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-", b"a"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "status", "header", "headers", "continue"],
)
@pytest.mark.parametrize("encrypted", [True, False], ids=["https", "http"])
def test_an_answer_that_drips(serve, settings, certificate, first, each, encrypted):
    settings.OUTBOUND_HTTP = True
    url, _seen = serve(dripping(first, each), certificate if encrypted else None)
    assert failure(url) == ("timeout", True, True)


def test_silence_ends_it_before_the_whole_time_is_over(serve, monkeypatch):
    assert (outbound_http.CONNECT, outbound_http.READ) == (5, 10)
    monkeypatch.setattr(outbound_http, "READ", 0.3)
    url, _seen = serve(lambda _connection: time.sleep(6))
    with in_time(0.3), pytest.raises(OutboundError) as failed:
        post(url, b"{}", {}, deadline=20)
    assert (failed.value.code, failed.value.sent) == ("timeout", True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("head", "each"),
    [
        (b"Content-Length: 100000", b"a"),
        (b"Content-Length: 100000\r\nConnection: close", b"a"),
        (b"Transfer-Encoding: chunked", b"1\r\na\r\n"),
        (b"Transfer-Encoding: chunked", b"0"),
        (b"X-Until: closed", b"a"),
    ],
    ids=["length", "length and close", "chunks", "size of a chunk", "until closed"],
)
def test_a_body_that_never_ends_changes_nothing(serve, head, each):
    url, _seen = serve(dripping(b"HTTP/1.1 200 OK\r\n%s\r\n\r\n" % head, each))
    with in_time():
        answer = post(url, b"{}", {}, deadline=DEADLINE)
    assert answer.status == 200
    assert len(answer.body) < 100
    assert set(answer.body) <= set(b"a")


@pytest.mark.long
def test_a_server_that_does_not_read(serve, settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.OUTBOUND_PORTS, settings.OUTBOUND_HTTP = [deaf.getsockname()[1]], True
        with in_time(), pytest.raises(OutboundError) as failed:
            post(f"http://{HOST}:{deaf.getsockname()[1]}/", b"a" * 20_000_000, {}, deadline=DEADLINE)
    assert (failed.value.code, failed.value.sent) == ("timeout", False)


@pytest.mark.parametrize("said", [b"", b"HTTP/1", b"HTTP/1.1 ", b"SSH-2.0-OpenSSH_9.9\r\n", b"\0\1\2\r\n\r\n", b"\r\n"])
def test_what_is_no_answer(serve, said):
    url, _seen = serve(said)
    assert failure(url) == ("connection", True, True)


@pytest.mark.parametrize("said", [b"HTTP/1.1 410", b"HTTP/1.1 410 Gone\r\n", b"HTTP/1.1 410 Gone\r\nRetry-Af"])
def test_a_status_counts_though_the_connection_drops_after_it(serve, said):
    url, _seen = serve(said)
    assert post(url, b"{}", {}).status == 410


def test_headers_without_end(serve):
    url, _seen = serve(b"HTTP/1.1 200 OK\r\n" + b"".join(b"A%d: b\r\n" % number for number in range(101)) + b"\r\n")
    assert failure(url) == ("connection", True, True)
    url, _seen = serve(b"HTTP/1.1 200 OK\r\nA: " + b"a" * 70_000 + b"\r\n\r\n")
    assert failure(url) == ("connection", True, True)


@pytest.mark.parametrize("rest", [b"Content-Length: 100\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nff\r\n"])
def test_a_body_that_breaks_off_changes_nothing(serve, rest):
    url, _seen = serve(b"HTTP/1.1 200 OK\r\n%shalf" % rest)
    answer = post(url, b"{}", {})
    assert (answer.status, answer.body) == (200, b"half")


def test_a_connection_that_is_reset_while_it_speaks(serve):
    def talk(connection):
        connection.sendall(b"HTTP/1.1 20")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        socket.socket.close(connection)

    url, _seen = serve(talk)
    assert failure(url) == ("connection", True, True)


@pytest.mark.parametrize("head", [b"Content-Length: 10485760", b"X-Until: closed", b"Transfer-Encoding: chunked"])
def test_of_ten_megabytes_only_the_beginning_is_read(serve, head):
    piece = b"a" * 65_536
    piece = b"10000\r\n%s\r\n" % piece if b"chunked" in head else piece

    def talk(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n%s\r\n\r\n" % head)
        for _piece in range(160):
            connection.sendall(piece)

    url, _seen = serve(talk)
    tracemalloc.start()
    try:
        answer = post(url, b"{}", {})
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.body == b"a" * 65_536
    assert grown < 10 * 1024 * 1024


def test_a_gzip_bomb_stays_packed(serve):
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 65_536
    url, _seen = serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    tracemalloc.start()
    try:
        answer = post(url, b"{}", {})
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.body == bomb
    assert grown < 10 * 1024 * 1024


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "b\r\nX-C: d"},
        {"X-A": "b\nc"},
        {"X-A": "b\rc"},
        {"X-A": "b\r\n c"},
        {"X-A": "b\0c"},
        {"X-A": "日本"},
        {"X-A\r\nX-C": "b"},
        {"X A": "b"},
        {"X-A:": "b"},
        {"": "b"},
        {"Host": "other.test"},
        {"hOST": "other.test"},
        {"Content-Length": "1"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "keep-alive"},
        {"Accept-Encoding": "gzip"},
        {"User-agent": "other"},
    ],
)
def test_headers_that_would_say_something_else_are_refused(serve, headers):
    url, seen = serve(OK)
    with pytest.raises(ValueError, match=r"^(Not a header|Set here)"):
        post(url, b"{}", headers)
    assert seen.connections == 0


def open_files():
    return len(list(Path("/dev/fd").iterdir()))


def test_no_connection_stays_open(serve):
    url, _seen = serve(OK)
    broken, _seen = serve(b"nonsense")
    post(url, b"{}", {})
    before = open_files()
    for _time in range(20):
        post(url, b"{}", {})
        failure(broken)
    deadline = time.monotonic() + 5  # the server's ends are in this process too
    while open_files() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert open_files() <= before


def test_many_at_once(serve):
    url, seen = serve(lambda connection: connection.sendall(OK))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: post(url, b"%d" % number, {}), range(40)))
    assert [answer.status for answer in answers] == [200] * 40
    assert sorted(int(request.split(b"\r\n\r\n")[1]) for request in seen.requests) == list(range(40))


def test_no_log_holds_the_address(serve, caplog):
    caplog.set_level(logging.getLogger("urllib3").level or logging.WARNING, "urllib3")
    url, _seen = serve(b"HTTP/1.1 200 OK\r\nno header\r\n: b\r\nContent-Length: 0\r\n\r\n", path="/planted-secret")
    assert post(url, b"{}", {}).status == 200
    assert failure(url.replace(HOST, "127.0.0.1"))[0] == "address"
    assert "planted-secret" not in caplog.text


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("7", 7),
        (" 120 ", 120),
        ("3600", 3_600),
        ("99999999", 3_600),
        ("9" * 5_000, 3_600),
        ("-1", 60),
        ("+5", 60),
        ("1.5", 60),
        ("１２", 60),
        ("", 60),
        ("abc", 60),
        ("Fri, 27 Nov 2026 09:02:00 GMT", 120),
        ("Friday, 27-Nov-26 09:02:00 GMT", 120),
        ("Fri Nov 27 09:02:00 2026", 120),
        ("Fri, 27 Nov 2026 18:02:00 +0900", 120),
        ("Fri, 27 Nov 2099 09:02:00 GMT", 3_600),
        ("Fri, 27 Nov 2026 08:59:00 GMT", 60),
        ("Mon, 01 Jan 99999999999999 00:00:00 GMT", 60),
        ("Fri, 27 Nov 2026 09:02:00 +99999999999999999", 60),
    ],
)
def test_retry_after_is_a_time_between_none_and_an_hour(value, seconds):
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
@example(email.utils.format_datetime(NOW + timedelta(days=4_000)))
def test_retry_after_never_fails(value):
    assert 0 <= retry_after(value, NOW) <= 3_600


CLIENTS = ("requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "pycurl", "ftplib", "websockets")
# What goes out, and the command that asks its own web process on loopback whether it has come up.
KNOWN = {"apps/web/outbound_http.py", "apps/web/management/commands/up.py"}


def test_nothing_else_goes_out_by_http():
    root = Path(outbound_http.__file__).parents[2]
    found = set()
    for folder in ("apps", "config"):
        for file in (root / folder).rglob("*.py"):
            for name in _imported(ast.parse(file.read_text(encoding="utf-8"))):
                if any(name == client or name.startswith(f"{client}.") for client in CLIENTS):
                    found.add(str(file.relative_to(root)))
    assert found == KNOWN


def _imported(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
