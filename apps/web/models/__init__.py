from apps.web.models.heartbeat import Heartbeat
from apps.web.models.merge import MergeBase, MergeError
from apps.web.models.submission import Submission

__all__ = ["Heartbeat", "MergeBase", "MergeError", "Submission"]
