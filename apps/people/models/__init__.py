from apps.people.models.interest import DAYS_TO_ANSWER, Interest, Keen, Want
from apps.people.models.merge import TopicMerge
from apps.people.models.topic import Topic

__all__ = ["DAYS_TO_ANSWER", "Interest", "Keen", "Topic", "TopicMerge", "Want"]
