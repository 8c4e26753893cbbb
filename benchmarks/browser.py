"""A signed-in person with a keep-alive connection, and times taken in turns."""

import http.client
import os
import re
import time
from collections.abc import Callable
from urllib.parse import urlencode

ROUNDS = int(os.environ.get("ROUNDS", "150"))
WARM_UP = 10


class Browser:
    """One keep-alive connection of one signed-in person."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict | None = None, **headers) -> tuple[float, int, bytes, dict]:
        """Milliseconds, status, body, headers."""
        body = urlencode(form) if form else None
        headers |= {"Host": "localhost", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        data = response.read()
        took = (time.perf_counter() - started) * 1000
        for cookie in response.msg.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return took, response.status, data, dict(response.getheaders())

    def token(self, path: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("GET", path)[2].decode())[1]

    def sign_in(self) -> None:
        form = {"login": "me@example.com", "password": "quiet paper lantern"}
        status = self.ask("POST", "/accounts/login/", form | {"csrfmiddlewaretoken": self.token("/accounts/login/")})[1]
        assert status == 302, status


def measure(asks: dict[str, Callable[[], tuple]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Milliseconds of each ask, taken in turns, so that a busy moment hits all of them."""
    times: dict[str, list[float]] = {name: [] for name in asks}
    for turn in range(rounds + WARM_UP):
        for name, ask in asks.items():
            took, status, *_rest = ask()
            assert status in (200, 302), (name, status)
            if turn >= WARM_UP:
                times[name].append(took)
    return times
