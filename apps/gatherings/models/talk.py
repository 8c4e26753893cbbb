"""Talks of a learning event: offered by who gives them, or asked for until somebody does; in slots once placed."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.gatherings.models.gathering import Gathering
from apps.gatherings.models.meeting import Meeting
from apps.people.models import Topic


class Talk(models.Model):
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="talks")
    title = models.CharField(_("title"), max_length=120)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="talks")
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="talks"
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Where it is given, and its place in the order of that meeting.
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.SET_NULL, related_name="talks")
    slot = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        ordering = ["slot", "at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="talk_length"),
        ]

    def __str__(self) -> str:
        return self.title

    def take(self, member) -> bool:
        """Somebody gives what was asked for; of two at the same moment one does. False where it was taken."""
        return bool(type(self).objects.filter(pk=self.pk, speaker=None).update(speaker=member))

    def give_back(self) -> None:
        """The speaker can't after all: it is asked for again, and has no slot."""
        type(self).objects.filter(pk=self.pk).update(speaker=None, meeting=None, slot=None)

    def place(self, meeting: Meeting | None) -> None:
        """Puts it last into a meeting, or takes it out."""
        slot = None
        if meeting is not None:
            slot = 1 + (meeting.talks.aggregate(last=models.Max("slot"))["last"] or 0)
        type(self).objects.filter(pk=self.pk).update(meeting=meeting, slot=slot)


class TalkWish(models.Model):
    """That somebody would like to hear a talk."""

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="wishes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("wish")
        constraints = [models.UniqueConstraint(fields=["talk", "member"], name="wish_once")]

    def __str__(self) -> str:
        return f"{self.talk_id} {self.member_id}"

    @classmethod
    def say(cls, talk: Talk, member, *, on: bool) -> None:
        """The wished state is sent, so twice is the same."""
        if on:
            cls.objects.get_or_create(talk=talk, member=member)
        else:
            cls.objects.filter(talk=talk, member=member).delete()
