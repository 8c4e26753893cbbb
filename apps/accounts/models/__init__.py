from apps.accounts.models.change import Change
from apps.accounts.models.corrected import Corrected, Stale
from apps.accounts.models.invitation import Invitation
from apps.accounts.models.member import Member, NameOrder, Person, Role, Theme, WeekStart, named, persons
from apps.accounts.models.organisation import Organisation

__all__ = [
    "Change",
    "Corrected",
    "Invitation",
    "Member",
    "NameOrder",
    "Organisation",
    "Person",
    "Role",
    "Stale",
    "Theme",
    "WeekStart",
    "named",
    "persons",
]
