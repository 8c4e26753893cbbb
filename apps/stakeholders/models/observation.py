"""Evidence about a stakeholder: what was counted, said or seen, on which day, by whom, and how sure they are."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import Corrected, named
from apps.stakeholders.models.stakeholder import Stakeholder
from apps.web.text import OLDEST

TEXT_LONGEST = 4_000


class How(models.TextChoices):
    """How we know."""

    COUNTED = "counted", _("Counted")
    SAID = "said", _("Said")
    OBSERVED = "observed", pgettext_lazy("how we know", "Observed")


class Confidence(models.TextChoices):
    HUNCH = "hunch", _("A hunch")
    LIKELY = "likely", _("Likely")
    FIRM = "firm", _("Firm")


class Frequency(models.IntegerChoices):
    """How often they use the service."""

    RARELY = 1, _("A few times a year")
    MONTHLY = 2, _("About every month")
    WEEKLY = 3, _("About every week")
    OFTEN = 4, _("Several times a week")
    DAILY = 5, _("Every day")


class Pain(models.IntegerChoices):
    """How much it hurts them when the service is slow, wrong or late."""

    NONE = 1, _("Hardly noticed")
    LITTLE = 2, _("A nuisance")
    SOME = 3, _("Costs them time")
    MUCH = 4, _("Hurts")
    MOST = 5, _("Stops their work")


class ObservationQuerySet(models.QuerySet["Observation"]):
    def newest_first(self) -> "ObservationQuerySet":
        return self.order_by("-day", "-id")

    def signed(self) -> "ObservationQuerySet":
        """With the names of who noted them."""
        return self.select_related("by").only(*(f.name for f in self.model._meta.concrete_fields), *named("by"))

    def placing(self) -> "ObservationQuerySet":
        """Those that say where on the chart the stakeholder sits."""
        return self.filter(frequency__isnull=False)


class Observation(Corrected):
    """One piece of evidence. With `frequency` and `pain` it also says where the stakeholder sits on the chart: the
    place changes only together with what made somebody think so.
    """

    stakeholder = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="observations", verbose_name=_("about whom")
    )
    text = models.TextField(_("what was counted, said or seen"), max_length=TEXT_LONGEST)
    day = models.DateField(_("day"), validators=[MinValueValidator(OLDEST)])
    how = models.CharField(_("how we know"), max_length=8, choices=How)
    confidence = models.CharField(_("how sure"), max_length=6, choices=Confidence, default=Confidence.LIKELY)
    is_own = models.BooleanField(_("within our own observation"), default=False)
    source = models.CharField(_("source"), max_length=120, blank=True)
    url = models.URLField(_("link to it"), max_length=500, blank=True)
    quoted = models.CharField(_("who is quoted"), max_length=120, blank=True)
    has_consent = models.BooleanField(_("they agreed to be quoted"), default=False)
    frequency = models.PositiveSmallIntegerField(_("how often they use it"), null=True, blank=True, choices=Frequency)
    pain = models.PositiveSmallIntegerField(_("how much it hurts"), null=True, blank=True, choices=Pain)

    # A figure from the toil log that was turned into this observation, and the days it was counted over.
    counted_times = models.PositiveIntegerField(null=True, editable=False)
    counted_minutes = models.PositiveIntegerField(null=True, editable=False)
    counted_since = models.DateField(null=True, editable=False)
    counted_until = models.DateField(null=True, editable=False)
    counted_item = models.BigIntegerField(null=True, editable=False)  # the id that the log knows it by, of one item

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ObservationQuerySet.as_manager()

    FIELDS = (
        "text", "day", "how", "confidence", "is_own", "source", "url", "quoted", "has_consent", "frequency", "pain",
    )  # fmt: skip
    # Who takes a consent back must not stay named in what everybody reads.
    PRIVATE = ("quoted",)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints = [
            models.CheckConstraint(condition=Q(how__in=How.values), name="observation_how_known"),
            models.CheckConstraint(condition=Q(confidence__in=Confidence.values), name="observation_confidence_known"),
            models.CheckConstraint(
                condition=Q(frequency=None, pain=None)
                | Q(frequency__isnull=False, pain__isnull=False, frequency__range=(1, 5), pain__range=(1, 5)),
                name="observation_placed_whole",
            ),
            models.CheckConstraint(
                condition=Q(quoted="") | Q(has_consent=True), name="observation_quoted_with_consent"
            ),
        ]
        indexes = [models.Index(fields=["stakeholder", "-day", "-id"], name="observation_newest")]

    def __str__(self) -> str:
        return f"{self.day} {self.text[:40]}"

    @classmethod
    def note(cls, stakeholder: Stakeholder, by, **fields) -> "Observation":
        """Writes an observation, and moves the stakeholder on the chart if it says where they sit."""
        with transaction.atomic():
            row = cls.objects.create(stakeholder=stakeholder, by=by, **fields)
            if row.frequency is not None:
                stakeholder.take_place()
        return row

    def correct(self, version: int, by, **fields) -> None:
        with transaction.atomic():
            super().correct(version, by, **fields)
            self.stakeholder.take_place()


def may_correct(member, observation: Observation) -> bool:
    """Who noted it, and the lead."""
    return member.is_lead or (observation.by_id is not None and observation.by_id == member.pk)
