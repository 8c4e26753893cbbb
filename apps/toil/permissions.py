"""What a member may do with one certain row. Who may open which address stands in `config/permissions.py`."""

from apps.accounts.models import Member
from apps.toil.lines import Line
from apps.toil.models import Entry


def may_log_for_others(member: Member) -> bool:
    """Leads may, and the entry says who logged it."""
    return member.is_lead


def may_change(member: Member, entry: Entry | Line) -> bool:
    """One's own entries, what one logged for others, and everything for the lead."""
    return member.is_lead or member.pk in (entry.member_id, entry.logged_by_id)


def may_shape_items(member: Member) -> bool:
    """Categories, states, merges and digging plans are the lead's to keep."""
    return member.is_lead
