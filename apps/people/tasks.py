"""What runs by the clock: notes about people that nobody answered are gone after their time."""

from celery import shared_task

from apps.people.models import Interest, JourneyStep, LadderStep, Signal


@shared_task(name="people.forget_unanswered")
def forget_unanswered() -> None:
    """Deletes notes and proposals that waited 30 days for an answer; pages stopped showing them at that moment."""
    for model in (Interest, JourneyStep, LadderStep):
        model.objects.expired().delete()
    Signal.objects.expired().delete()
