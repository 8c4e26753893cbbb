from apps.dashboards.models.open_desk import OpenDesk
from apps.dashboards.models.snapshot import Snapshot

__all__ = ["OpenDesk", "Snapshot"]
