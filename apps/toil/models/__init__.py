from apps.toil.models.category import Category
from apps.toil.models.digging import DigWork
from apps.toil.models.entry import Entry, Source
from apps.toil.models.importing import ImportRun
from apps.toil.models.item import Area, Item, ItemLink
from apps.toil.models.merge import Merge
from apps.toil.models.rollup import ItemMonth, MemberDay, MemberMonth, SlotMonth, StakeholderMonth
from apps.toil.models.state import State, StateChange
from apps.toil.models.timer import Timer

__all__ = [
    "Area",
    "Category",
    "DigWork",
    "Entry",
    "ImportRun",
    "Item",
    "ItemLink",
    "ItemMonth",
    "MemberDay",
    "MemberMonth",
    "Merge",
    "SlotMonth",
    "Source",
    "StakeholderMonth",
    "State",
    "StateChange",
    "Timer",
]
