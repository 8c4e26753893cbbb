"""Any other CSV: the person says which column is what; this module guesses first, in English and Japanese.

A guess fills the page's choices and nothing else; what is read is what the page hands back as `Choices`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.toil.imports import dates, durations
from apps.toil.imports.cells import Cells, Choices
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.errors import CellError
from apps.toil.imports.format import Format
from apps.toil.imports.lines import Line, fold
from apps.toil.imports.reading import Row


class Role(TextChoices):
    """What a column can be, in the order the page asks for it."""

    DAY = "day", _("Day")
    DURATION = "duration", _("Time spent")
    ITEM = "item", _("What was done")
    PERSON = "person", _("Who (name)")
    EMAIL = "email", _("Who (e-mail)")
    CATEGORY = "category", _("Category")
    STAKEHOLDER = "stakeholder", _("For whom")
    STARTED = "started", _("Started at")
    ENDED = "ended", _("Ended at")
    NOTE = "note", _("Note")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file seems to say: positions by role from 0, what bare numbers count, and the order of dates.

    `unit` and `order` are as good as the samples; `MAPPED.unit` and `MAPPED.order` ask every row.
    """

    columns: dict[str, int]
    unit: Unit | None
    order: Order

    def as_choices(self) -> Choices:
        """The columns only: unit and order then come from the whole file, unless the person says otherwise."""
        return Choices(columns=self.columns)


# By column name, the surest first; what stands in brackets behind, such as (分) or [h], is set aside before.
# German and Japanese names are those that Kimai and Jira write in these languages, too.
_EXACT = {
    Role.DAY: (
        "date|day|work date|worked on|spent on|log date|start date|"
        "日付|作業日|日|年月日|実施日|対応日|記録日|稼働日|開始日|datum|worklog started|started"
    ),
    Role.DURATION: (
        "duration|minutes|mins|min|hours|hrs|time spent|logged time|how long|time|spent|effort|seconds|"
        "duration_minutes|作業時間|時間|時間数|所要時間|工数|実績|実績時間|対応時間|稼働時間|分|分数|作業分数|経過時間|秒|秒数|期間|dauer"
    ),
    Role.ITEM: (
        "item|task|activity|toil|toil item|work|what|summary|title|issue summary|tätigkeit|"
        "項目|作業|作業内容|作業項目|作業名|タスク|タスク名|内容|業務|業務内容|対応内容|件名|要約|トイル|活動|"
        "アクティビティ|やったこと|description|beschreibung|issue|issue key|ticket|key|キー|チケット"
    ),
    Role.PERSON: (
        "person|name|full name|member|user|username|who|author|assignee|employee|"
        "担当者|担当|氏名|名前|お名前|作業者|社員名|メンバー|ユーザー|ユーザ|記録者|対応者|実施者|担当者名|benutzer"
    ),
    Role.EMAIL: (
        "email|e-mail|mail|email address|e-mail address|user email|メール|メールアドレス|eメール|担当者メール"
    ),
    Role.CATEGORY: (
        "category|type|kind|group|project|カテゴリ|カテゴリー|分類|種別|種類|区分|大分類|作業分類|作業種別|"
        "プロジェクト|案件|projekt"
    ),
    Role.STAKEHOLDER: (
        "stakeholder|client|customer|for|for whom|requester|requested by|"
        "依頼元|関係者|依頼者|依頼部署|顧客|お客様|取引先|クライアント|依頼主|部署|相手|kunde"
    ),
    Role.STARTED: "start|start time|started at|from|begin|開始|開始時刻|開始時間|作業開始|開始日時|von|beginn",
    Role.ENDED: (
        "end|end time|ended|ended at|stop|stop time|finish|finished|to|until|"
        "終了|終了時刻|終了時間|作業終了|終了日時|bis|ende"
    ),
    Role.NOTE: (
        "note|notes|comment|comments|remark|remarks|memo|details|備考|メモ|コメント|補足|詳細|特記事項|ノート|"
        "description|beschreibung|説明"
    ),
}
_NAMES = {role: tuple(fold(name) for name in names.split("|")) for role, names in _EXACT.items()}

# Where no name fits whole, a telling part of it; the order matters, for 作業開始時間 also holds 時間.
_PARTS = (
    (Role.EMAIL, r"e-?mail|メール"),
    (Role.STARTED, r"start|begin|開始"),
    (Role.ENDED, r"\bend\b|\bstop\b|finish|終了"),
    (Role.DAY, r"\bdate\b|_date\b|日付|年月日|[業施応]日$"),
    (Role.DURATION, r"duration|time spent|hours|minutes|時間|工数"),
    (Role.PERSON, r"担当者|氏名|\b(?:user|full ?|person )name\b"),
    (Role.CATEGORY, r"categor|カテゴリ|分類|種別"),
    (Role.STAKEHOLDER, r"stakeholder|client|customer|依頼|顧客"),
    (Role.NOTE, r"note|comment|memo|備考|メモ"),
    (Role.ITEM, r"\btask\b|\bitem\b|作業内容|作業名|タスク|項目"),
)
_BRACKETS_BEHIND = re.compile(r"\s*[\(\[【〔][^)\]】〕]*[\)\]】〕]\s*$")
_SIGNS_BEHIND = "?:* "


def guess(header: Sequence[str], samples: Iterable[Row | Sequence[str]]) -> Guess:
    """Roles for the columns of an unknown file by their names, unit and order by its first rows.

    Every column has one role at most. An e-mail address or a date in a column without a telling name gives
    it away.
    """
    rows = [sample.cells if isinstance(sample, Row) else tuple(sample) for sample in samples]
    rows = [cells for cells in rows if len(cells) == len(header)]
    columns = _by_name(header)
    _by_look(header, rows, columns)
    if Role.DAY not in columns and _all_with_clock(rows, columns.get(Role.STARTED)):
        columns[Role.DAY.value] = columns[Role.STARTED]  # 2026-11-12 09:05 says both
    if Role.STARTED not in columns and _all_with_clock(rows, columns.get(Role.DAY)):
        columns[Role.STARTED.value] = columns[Role.DAY]

    def cells_of(role: str) -> list[str]:
        return [cells[columns[role]] for cells in rows] if role in columns else []

    duration = header[columns[Role.DURATION]] if Role.DURATION in columns else ""
    return Guess(
        columns=columns,
        unit=durations.guess_unit(duration, cells_of(Role.DURATION)),
        order=dates.guess_order(cells_of(Role.DAY)),
    )


def _by_name(header: Sequence[str]) -> dict[str, int]:
    names = [_BRACKETS_BEHIND.sub("", fold(name).rstrip(_SIGNS_BEHIND)) for name in header]
    columns: dict[str, int] = {}
    for role, known in _NAMES.items():
        for name in known:
            if name in names and names.index(name) not in columns.values():
                columns[role.value] = names.index(name)
                break
    for role, part in _PARTS:
        for place, name in enumerate(names):
            if role.value not in columns and place not in columns.values() and re.search(part, name):
                columns[role.value] = place
    return columns


def _by_look(header: Sequence[str], rows: list[tuple[str, ...]], columns: dict[str, int]) -> None:
    for role, looks_right in ((Role.EMAIL, _is_email), (Role.DAY, _is_day)):
        for place in range(len(header)):
            if role.value in columns or place in columns.values():
                continue
            filled = [cells[place] for cells in rows if cells[place].strip()]
            if filled and all(map(looks_right, filled)):
                columns[role.value] = place


def _all_with_clock(rows: list[tuple[str, ...]], place: int | None) -> bool:
    if place is None:
        return False
    filled = [cells[place] for cells in rows if cells[place].strip()]
    return bool(filled) and all(":" in cell and _is_day(cell) for cell in filled)


def _is_email(cell: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cell.strip()) is not None


def _is_day(cell: str) -> bool:
    try:
        dates.read(cell, Order.AMBIGUOUS)
    except CellError as error:
        return error.code == "day_order"
    return True


def _compose(cells: Cells) -> Line:
    moment = cells.moment()
    return Line(
        row=cells.row.number,
        day=moment.day if moment else None,
        minutes=cells.minutes(),
        item=cells.needed("item", cells.name("item")),
        category=cells.name("category"),
        stakeholder=cells.name("stakeholder"),
        person_name=cells.person(),
        person_email=cells.email(),
        started=cells.started(moment),
        note=cells.note(),
    )


MAPPED = Format(
    code="mapped",
    label=_("Another CSV: choose its columns"),
    columns={role.value: _NAMES[role] for role in Role},
    names={role.value: role.label for role in Role},
    required=(Role.DAY, Role.DURATION, Role.ITEM),
    large=Unit.MINUTES,
    found_at=_("Any table with a day, a time spent and what was done, saved as CSV."),
    compose=_compose,
)
