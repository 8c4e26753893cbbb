"""Makes the example story hard to draw: five years of toil, a month like five hundred others, twelve kinds, and names as
long as two lines. Run as a program, in the environment of the installation that it changes.
"""

import django

ENGLISH = "Certificates of the payment gateway that nobody else may renew and that expire a"
JAPANESE = (
    "夜間に期限が切れる決済ゲートウェイの証明書を関係者の立ち会いのもとで更新する作業と、"
    "その後の動作確認および結果の報告を関係部署ごとに行うための資料づくりと会議の支度"
)
YEARS = 5
EVERY, OUTLIER = 60, 500  # minutes that everybody logs in a month, and how often as much in one


def long_names(model, *fields: str) -> None:
    """Eighty characters in each, and the row's number first, so that they can be told apart."""
    for row in model.objects.all():
        longest = {field: model._meta.get_field(field).max_length for field in fields}
        values = {
            field: f"{row.pk} {JAPANESE if field.endswith('_ja') else ENGLISH}"[: min(80, most)]
            for field, most in longest.items()
        }
        model.objects.filter(pk=row.pk).update(**values)


def log(people: list, items: list) -> None:
    from apps.toil import months, rollup
    from apps.toil.models import Entry

    today = people[0].today()
    every = months.last(YEARS * 12, today)
    rows = [
        Entry(member=person, item=items[(n + at) % len(items)], minutes=EVERY, day=month)
        for n, month in enumerate(every)
        for at, person in enumerate(people)
    ]
    much = EVERY * len(people) * OUTLIER
    rows += [
        Entry(member=people[at % len(people)], item=items[at % len(items)], minutes=1_440, day=every[-4])
        for at in range(much // 1_440)
    ]
    Entry.objects.bulk_create(rows, batch_size=500)
    rollup.rebuild()


def main() -> None:
    from apps.accounts.models import Member
    from apps.gatherings.models import Gathering
    from apps.people.models import Topic
    from apps.stakeholders.models import Stakeholder
    from apps.toil.models import Category, Item
    from tests import factories

    while Category.objects.count() < 12:
        factories.category(tint=Category.objects.count() % 7)
    kinds = list(Category.objects.all())
    items = list(Item.objects.coming_back())
    items += [factories.item() for _each in range(12 - len(items))]
    for n, item in enumerate(items):
        Item.objects.filter(pk=item.pk).update(category=kinds[n % len(kinds)])
    log(list(Member.objects.active()), items)
    long_names(Category, "name", "name_ja")
    long_names(Item, "name", "name_ja", "short_name", "short_name_ja")
    long_names(Stakeholder, "name", "name_ja")
    long_names(Topic, "name", "name_ja")
    long_names(Gathering, "title")
    long_names(Member, "given_name", "family_name", "display_name")


if __name__ == "__main__":
    django.setup()
    main()
