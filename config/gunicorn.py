"""The web server's settings. Stops within eight seconds, so that Ctrl-C and a rolling restart lose no request."""

import os

from config.env import VAR

# Looked at when the application is loaded: whether its processes count together, and where.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(VAR / "metrics")

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 4
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
control_socket_disable = True
limit_request_line = 8_190  # a long search is answered by our own page


def on_starting(_server) -> None:
    """What was counted before this start is gone: Prometheus knows that counters begin anew."""
    from apps.web import shared_counts

    shared_counts.clear()


def post_worker_init(_worker) -> None:
    """Each process takes room for what it counts, and looks whether messages go out: it is the one that can tell when
    nothing else is at work.
    """
    from apps.reminders.standstill import Watch
    from apps.web import metrics

    metrics.begin()
    Watch().start()


def child_exit(_server, worker) -> None:
    from apps.web import shared_counts

    shared_counts.end(worker.pid)
