"""The web server's settings. Stops within eight seconds, so that Ctrl-C and a rolling restart lose no request."""

import os

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


def post_worker_init(_worker) -> None:
    """Each process looks whether messages go out: it is the one that can tell when nothing else is at work."""
    from apps.reminders.standstill import Watch

    Watch().start()
