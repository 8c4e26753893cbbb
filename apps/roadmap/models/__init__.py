from apps.roadmap.models.check_in import CheckIn, Status
from apps.roadmap.models.draft import Draft, DraftState, Step
from apps.roadmap.models.map import Map
from apps.roadmap.models.revision import Erasure, Keyframe, Kind, Reading, Revision

__all__ = [
    "CheckIn",
    "Draft",
    "DraftState",
    "Erasure",
    "Keyframe",
    "Kind",
    "Map",
    "Reading",
    "Revision",
    "Status",
    "Step",
]
