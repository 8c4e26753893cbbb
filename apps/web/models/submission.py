"""One form sent twice makes one row (R48): double clicks, the back button, a second tab, a retry after a lost line."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import models, transaction


class Submission(models.Model):
    """That `member` sent `form` under this id, and what came of it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=40)
    submission_id = models.UUIDField()
    result_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "form", "submission_id"], name="submission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.submission_id}"


def already(member, form: str, submission_id: str | None) -> int | None:
    """The result id of this submission if it already ran, so that a repeat need not pass the form's checks again."""
    try:
        key = uuid.UUID(str(submission_id))
    except ValueError:
        return None
    return (
        Submission.objects.filter(member=member, form=form, submission_id=key)
        .values_list("result_id", flat=True)
        .first()
    )


def once(member, form: str, submission_id: str | None, deed: Callable[[], int | None]) -> tuple[int | None, bool]:
    """Runs `deed` unless this submission already ran; returns (result id, whether it ran now).

    The submission is written in the same transaction as what the deed writes, so that neither can exist without
    the other. A missing or unreadable id counts as a new submission: an old bookmark must not stop anybody.
    """
    try:
        key = uuid.UUID(str(submission_id))
    except ValueError:
        key = uuid.uuid4()
    try:
        with transaction.atomic():
            result_id = deed()
            # Last and unasked: an honest first submission costs no look-up, and a repeat takes its deed back with it.
            Submission.objects.create(member=member, form=form, submission_id=key, result_id=result_id)
            return result_id, True
    except Exception:
        earlier = Submission.objects.filter(member=member, form=form, submission_id=key).first()
        if earlier is None:  # the deed itself failed
            raise
        return earlier.result_id, False
