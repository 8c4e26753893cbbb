"""For supervisors and load balancers: is the process alive, and can it work?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from apps.web.models import Heartbeat
from apps.web.models.heartbeat import LATE_AFTER


def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"live": True})


def ready(_request: HttpRequest) -> JsonResponse:
    """200 if the database answers, is migrated, and the worker was seen in the last three minutes; else 503 (R26).

    In the first minutes after the start the worker counts as on its way.
    """
    from django.db.migrations.executor import MigrationExecutor

    parts: dict[str, bool] = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = True
        executor = MigrationExecutor(connection)
        parts["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if parts["migrations"]:
            seen = Heartbeat.last("worker")
            parts["worker"] = seen is not None and timezone.now() - seen < LATE_AFTER
    except DatabaseError:
        pass
    good = all(parts.values())
    return JsonResponse({"ready": good, **parts}, status=200 if good else 503)
