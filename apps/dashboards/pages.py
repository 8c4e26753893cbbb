"""The pages of the dashboard, in their order."""

from django.utils.translation import gettext_lazy as _

from apps.dashboards import figures, front_sections, learning_page, load_page, map_page, toil_page
from apps.dashboards.section import Page

# The front page has a look of its own; as one of all pages, it is its figures and the sheets of its parts.
FRONT = Page(
    _("Overview"),
    _("Is toil falling, is it leaving one desk, and why did the plan turn?"),
    front_sections.SECTIONS,
    lambda reading: figures.figures(reading.carried, reading.steps),
)
BESIDE: dict[str, Page] = {
    "toil": toil_page.PAGE,
    "load": load_page.PAGE,
    "learning": learning_page.PAGE,
    "map": map_page.PAGE,
}
ALL: dict[str, Page] = {"front": FRONT, **BESIDE}
