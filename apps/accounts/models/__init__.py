from apps.accounts.models.change import Change
from apps.accounts.models.corrected import Corrected, Stale
from apps.accounts.models.invitation import Invitation
from apps.accounts.models.member import NAMES, Member, Named, NameOrder, Person, Role, Theme, WeekStart, named, persons
from apps.accounts.models.organisation import Organisation

__all__ = [
    "NAMES",
    "Change",
    "Corrected",
    "Invitation",
    "Member",
    "NameOrder",
    "Named",
    "Organisation",
    "Person",
    "Role",
    "Stale",
    "Theme",
    "WeekStart",
    "named",
    "persons",
]
