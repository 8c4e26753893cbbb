"""The whole toil room as JSON, without loss: every row of every model with its id, streamed (R54).

The order of models and rows is fixed, so that exporting what was just restored gives the same bytes.
"""

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil.models import Category, DigWork, Entry, Item, ItemLink, Merge, StateChange

FORMAT = "miraizu-toil-1"
MODELS = (Member, Stakeholder, Category, Item, ItemLink, StateChange, Merge, DigWork, Entry)
# Of members what others may know of them, and no password.
_OF_MEMBERS = (
    *("email", "display_name", "given_name", "family_name", "name_order", "team", "language", "time_zone"),
    *("week_start", "weekly_capacity_minutes", "role", "is_admin", "is_active", "joined_at", "created_at"),
)
# Members are named by e-mail: ids mean nothing in another installation.
_BY_EMAIL = {"member", "logged_by", "created_by", "by", "owner"}


def pieces() -> Iterator[str]:
    """The document in pieces, one row a line."""
    yield f'{{"format": "{FORMAT}"'
    for model in MODELS:
        yield f',\n"{model._meta.label_lower}": ['
        comma = ""
        for row in _rows(model):
            yield comma + "\n" + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
            comma = ","
        yield "\n]"
    yield "}\n"


def _rows(model) -> Iterator[dict]:
    columns = {
        f.name: f"{f.name}__email" if f.name in _BY_EMAIL else f.attname
        for f in model._meta.concrete_fields
        if f.name != "import_run" and (model is not Member or f.name in _OF_MEMBERS)
    }
    for values in model.objects.order_by("pk").values_list(*columns.values()).iterator(chunk_size=2_000):
        yield dict(zip(columns, values, strict=True))
