"""For Prometheus: figures of this installation (R99), to whoever shows the token of METRICS_TOKEN."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from apps.web.metrics import exposition


def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set, 401 for another one; neither asks the database. Sessions don't count here (R59)."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    is_right = secrets.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if scheme.lower() != "bearer" or not is_right:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
