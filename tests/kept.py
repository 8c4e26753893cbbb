"""What a process keeps of rows for a while: dropped between tests, and where queries are counted at their dearest."""

from apps.accounts.models import organisation
from apps.dashboards import learning_page, map_page, map_so_far
from apps.people import ladder
from apps.people.models.ladder import grown
from apps.reminders import health
from apps.roadmap import history, look, team
from apps.roadmap.models import check_in, revision
from apps.roadmap.templatetags import roadmap as drawn
from apps.stakeholders.models.focus import standing
from apps.toil import figures, known

KEEPERS = (
    *(organisation, known, figures, revision, check_in, drawn, team, look, grown, standing, health),
    *(learning_page, map_page, map_so_far, history, ladder),
)


def forget() -> None:
    for keeper in KEEPERS:
        keeper.forget()
