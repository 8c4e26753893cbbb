"""Figures for the monitoring of whoever runs Miraizu, in Prometheus's text format (R99); docs/metrics.md lists them.

Requests are counted here, by the name of their view: a path can hold a token, and there is no end of paths. What rows
tell, each room registers with `from_database`, and is asked at every scrape. No person's name is ever in it.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import structlog
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apps.web import shared_counts

log = structlog.get_logger(__name__)
# No page knows others.
METHODS = {"GET": "GET", "HEAD": "GET", "POST": "POST"}
NO_ROUTE = "none"

disable_created_metrics()  # when each began to be counted is one more figure for each, and several processes have none

# Only with labels: such a one takes its place in a file when it is used, and not in the process that starts the others.
REQUESTS = Counter("miraizu_http_requests_total", "Requests answered.", ["method", "route", "status"], registry=None)
DURATION = Histogram(
    "miraizu_http_request_duration_seconds", "From a request's arrival at the application to its answer.",
    ["method", "route"], registry=None, buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10),
)  # fmt: skip
QUERIES = Histogram(
    "miraizu_http_request_database_queries", "Statements a request asked of the database.",
    ["route"], registry=None, buckets=(0, 1, 2, 5, 10, 15, 25, 50, 100),
)  # fmt: skip

_is_counting = True


def begin() -> None:
    """For each web process before its first request: without room for what it counts it goes on, and does not count."""
    global _is_counting
    try:
        shared_counts.reserve()
        # The first opens the files, while they are sure to be there.
        _counters("GET", NO_ROUTE, "4xx")
    except OSError as error:
        _is_counting = False
        log.warning("metrics.not_counted", error=error.strerror)


class _Statements:
    """Counts those that run on the connection of this thread."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self, execute, statement, parameters, many, context):
        self.n += 1
        return execute(statement, parameters, many, context)


def middleware(get_response: Callable[[HttpRequest], HttpResponse]):
    """Counts and times what is answered, and the statements it took. Below the static files, which it leaves out."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not _is_counting:
            return get_response(request)
        statements, began = _Statements(), time.perf_counter()
        with connection.execute_wrapper(statements):
            response = get_response(request)
        took = time.perf_counter() - began
        method, route = METHODS.get(request.method or "", "other"), _route(request)
        requests, duration, queries = _counters(method, route, f"{response.status_code // 100}xx")
        requests.inc()
        duration.observe(took)
        queries.observe(statements.n)
        return response

    return respond


@cache
def _counters(method: str, route: str, status: str) -> tuple[Counter, Histogram, Histogram]:
    """Found once: each look-up checks its labels anew. There is an end of them."""
    return REQUESTS.labels(method, route, status), DURATION.labels(method, route), QUERIES.labels(route)


def _route(request: HttpRequest) -> str:
    """The view's name; those of Django's admin site are one."""
    match = request.resolver_match
    if match is None:
        return NO_ROUTE
    return "admin" if match.namespaces[:1] == ["admin"] else match.view_name


# ---- what a scrape reads --------------------------------------------------------------------------

_asked: list[Callable[[], Iterable[Metric]]] = []


def from_database(ask: Callable[[], Iterable[Metric]]) -> Callable[[], Iterable[Metric]]:
    """Registers what gives a room's figures. All rooms together ask eight queries at most."""
    _asked.append(ask)
    return ask


class _Counted(Collector):
    def collect(self) -> Iterator[Metric]:
        with shared_counts.reading() as folder:
            if folder is not None:
                yield from MultiProcessCollector(None, str(folder)).collect()
                return
        for each in (REQUESTS, DURATION, QUERIES):
            yield from each.collect()


class _Rows(Collector):
    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        is_up = True
        try:
            connection.ensure_connection()
            for ask in _asked:
                found += ask()
        except Error as error:  # the first that fails: each would wait for it as long
            is_up = False
            log.warning("metrics.no_database", error=type(error).__name__)
        yield GaugeMetricFamily("miraizu_database_up", "Whether the database answered this scrape.", value=is_up)
        yield from found


_everything = CollectorRegistry()
_everything.register(_Counted())
_everything.register(_Rows())


def exposition() -> bytes:
    """All figures as Prometheus reads them (text format 0.0.4)."""
    return generate_latest(_everything)
