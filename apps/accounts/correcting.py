"""Two who correct the same row at once: what does not collide is kept from both, and of what does they are asked."""

from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Corrected, Stale
from apps.web.forms import CorrectionForm
from apps.web.toasts import toast


def correct_or_ask[Form: CorrectionForm](
    form: Form, row: Corrected, request: MemberRequest, **about
) -> tuple[Form, list[tuple[str, str]]]:
    """Corrects `row` by what `form` says. Gives the form to show again and where both changed the same, as
    (label, what theirs says); the list is empty where the correction is written. `about` is what the form takes.
    """
    values = {name: form.cleaned_data[name] for name in row.FIELDS}
    version = form.cleaned_data["version"] or 0
    while True:  # each turn somebody else has saved, so that it ends
        try:
            row.correct(version, request.member, **values)
        except Stale:
            theirs = type(row)._default_manager.get(pk=row.pk)
            values, collided = form.weave(theirs)
            version = theirs.version
            if collided:
                return type(form)(instance=theirs, initial=values, **about), collided
        else:
            if version != form.cleaned_data["version"]:
                toast(request, _("Somebody else changed other parts of it meanwhile. Both are kept."))
            return form, []
