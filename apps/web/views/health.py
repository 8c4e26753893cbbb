"""For supervisors and load balancers: is the process alive, and can it work?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from apps.web.models import Heartbeat
from apps.web.models.heartbeat import LATE_AFTER

# Heartbeats without which nothing is ready. Rooms that have a process of their own add its name.
_expected = ["worker"]


def expect(name: str) -> None:
    if name not in _expected:
        _expected.append(name)


def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"live": True})


def ready(_request: HttpRequest) -> JsonResponse:
    """200 if the database answers, is migrated, and each expected process was seen in the last two minutes; else 503
    (R26).
    """
    from django.db.migrations.executor import MigrationExecutor

    parts: dict[str, bool] = {"database": False, "migrations": False, **dict.fromkeys(_expected, False)}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = True
        executor = MigrationExecutor(connection)
        parts["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if parts["migrations"]:
            since = timezone.now() - LATE_AFTER
            seen = Heartbeat.objects.filter(name__in=_expected, seen_at__gt=since).values_list("name", flat=True)
            parts |= dict.fromkeys(seen, True)
    except DatabaseError:
        pass
    good = all(parts.values())
    return JsonResponse({"ready": good, **parts}, status=200 if good else 503)
