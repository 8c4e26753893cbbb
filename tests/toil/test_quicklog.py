"""The line of the quick log means what its writer meant, or asks one question whose choices answer it."""

from datetime import date, time

import pytest

from apps.toil.quicklog import Known, Reading, read

TODAY = date(2026, 3, 18)  # a Wednesday

RELEASE = Known(1, "Manual release", ("Manual release", "手動リリース", "release", "リリース"), 25)
REVIEW = Known(2, "Access review", ("Access review", "アクセス棚卸し"), 60)
RESTORE = Known(3, "Restore a backup", ("Restore a backup", "バックアップ復元"))
RESTART = Known(4, "Restart the queue", ("Restart the queue", "キュー再起動"))
MONDAY = Known(5, "Monday report", ("Monday report", "月曜の報告"))
LEVEL = Known(6, "Log level 3 check", ("Log level 3 check",))
ITEMS = (RELEASE, REVIEW, RESTORE, RESTART, MONDAY, LEVEL)
CS = Known(1, "Customer success", ("cs", "カスタマー", "Customer success"))
SALES = Known(2, "Sales", ("sales", "営業", "Sales"))
YUKI = Known(7, "Yuki Tanaka", ("Yuki Tanaka", "Yuki", "Tanaka", "yuki.t"))


def line(text: str, **known) -> Reading:
    names = {"items": ITEMS, "stakeholders": (CS, SALES), "members": (YUKI,)} | known
    return read(text, **names, today=TODAY)


def meaning(reading: Reading) -> tuple:
    return (
        reading.minutes,
        reading.item,
        reading.new_item_name,
        reading.stakeholder,
        reading.member,
        reading.day,
        reading.note,
    )


def test_the_whole_grammar_is_read():
    reading = line("25m manual release #cs @yuki yesterday !rolled back twice")
    assert reading.ready
    assert meaning(reading) == (25, RELEASE, "", CS, YUKI, date(2026, 3, 17), "rolled back twice")


@pytest.mark.parametrize(
    "text",
    [
        "manual release 25m #cs yesterday",
        "#cs yesterday 25m manual release",
        "yesterday manual release #cs 25m",
        "yesterday #cs manual 25m release",
        "ＭＡＮＵＡＬ　release　２５ｍ　＃cs　yesterday",
        "25分 手動リリース #カスタマー 昨日",
        "２５分　手動リリース　＃カスタマー　昨日",
        "昨日 手動ﾘﾘｰｽ 25分 ＃CS",
        "#cs 3/17 release 25min",
    ],
)
def test_order_language_and_width_do_not_matter(text):
    reading = line(text)
    assert reading.ready
    assert meaning(reading) == (25, RELEASE, "", CS, None, date(2026, 3, 17), "")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("25m", 25),
        ("90 min", 90),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1.5h", 90),
        ("1:30", 90),
        ("01:30:00", 90),
        ("2 hours", 120),
        ("25分", 25),
        ("1時間半", 90),
        ("1時間30分", 90),
        ("半時間", 30),
        ("8-9.15", 75),
        ("8:00-9:15", 75),
        ("23:30-0:15", 45),
        ("8〜9", 60),
    ],
)
def test_each_way_of_writing_a_time_stands_in_a_line(typed, minutes):
    for text in (f"{typed} manual release", f"manual release {typed}", f"manual release {typed} #cs"):
        reading = line(text)
        assert reading.ready, text
        assert (reading.minutes, reading.item) == (minutes, RELEASE)


def test_a_clock_range_says_when_the_work_began():
    assert line("8.30-9.15 manual release").started == time(8, 30)


def test_japanese_needs_no_spaces():
    reading = line("25分手動リリース")
    assert reading.ready
    assert (reading.minutes, reading.item) == (25, RELEASE)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", date(2026, 3, 18)),
        ("今日", date(2026, 3, 18)),
        ("yesterday", date(2026, 3, 17)),
        ("Yesterday", date(2026, 3, 17)),
        ("昨日", date(2026, 3, 17)),
        ("一昨日", date(2026, 3, 16)),
        ("tue", date(2026, 3, 17)),
        ("tuesday", date(2026, 3, 17)),
        ("wednesday", date(2026, 3, 18)),
        ("thursday", date(2026, 3, 12)),
        ("火曜", date(2026, 3, 17)),
        ("木曜日", date(2026, 3, 12)),
        ("2026-03-02", date(2026, 3, 2)),
        ("２０２６－０３－０２", date(2026, 3, 2)),
        ("2026/3/2", date(2026, 3, 2)),
        ("3/2", date(2026, 3, 2)),
        ("3月2日", date(2026, 3, 2)),
        ("12/24", date(2025, 12, 24)),
        ("2/29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_and_never_lies_ahead(typed, day):
    reading = line(f"25m manual release {typed}")
    assert reading.ready, reading.problems
    assert (reading.day, reading.item) == (day, RELEASE)


def test_without_a_day_none_is_made_up():
    assert line("25m manual release").day is None


@pytest.mark.parametrize("typed", ["tomorrow", "明日", "2026-03-19", "2999-01-01"])
def test_a_future_day_is_refused_beside_the_day(typed):
    reading = line(f"25m manual release {typed}")
    assert not reading.ready
    assert [problem.field for problem in reading.problems] == ["day"]


@pytest.mark.parametrize("typed", ["2026-02-30", "2026-13-01", "2/30", "13/45", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused_beside_the_day(typed):
    reading = line(f"25m manual release {typed}")
    assert not reading.ready
    assert [problem.field for problem in reading.problems] == ["day"]


def test_a_weekday_in_an_items_name_stays_in_the_name():
    reading = line("25m monday report")
    assert reading.ready
    assert (reading.item, reading.day) == (MONDAY, None)


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ("manual release", RELEASE),
        ("release", RELEASE),
        ("りりーす", RELEASE),
        ("manual relese", RELEASE),
        ("man rel", RELEASE),
        ("acc", REVIEW),
        ("access review", REVIEW),
        ("アクセス棚卸し", REVIEW),
        ("ｱｸｾｽ棚卸し", REVIEW),
        ("restore", RESTORE),
        ("log level 3 check", LEVEL),
    ],
)
def test_an_item_is_found_by_its_names_beginnings_and_likeness(typed, item):
    reading = line(f"25m {typed}")
    assert reading.ready, (reading.question, reading.problems)
    assert reading.item is item


def test_an_unsure_name_asks_which_one_it_is():
    reading = line("25m resta")
    assert reading.item is RESTART
    asked = line("25m rest")
    assert not asked.ready
    assert asked.question.field == "item"
    assert {choice.label for choice in asked.question.choices[:2]} == {RESTORE.label, RESTART.label}


def test_an_unknown_name_is_offered_to_be_made():
    reading = line("25m certificate rotation #cs")
    assert not reading.ready
    made = line(reading.question.choices[-1].rewrite)
    assert made.ready
    assert (made.minutes, made.new_item_name, made.stakeholder) == (25, "certificate rotation", CS)


@pytest.mark.parametrize("text", ['25m "Manual release"', "25m 「手動リリース」", "25m “Manual release”"])
def test_a_quoted_name_means_exactly_that_item(text):
    reading = line(text)
    assert reading.ready
    assert reading.item is RELEASE


def test_a_quoted_name_is_never_guessed():
    reading = line('25m "Manual relese"')
    assert not reading.ready
    assert reading.item is None
    assert line(reading.question.choices[0].rewrite).new_item_name == "Manual relese"


def test_a_plus_makes_a_new_item():
    reading = line('25m +"Certificate rotation" #cs')
    assert reading.ready
    assert (reading.item, reading.new_item_name) == (None, "Certificate rotation")


def test_a_plus_with_a_name_that_exists_means_the_item_that_exists():
    reading = line('25m +"manual RELEASE"')
    assert (reading.item, reading.new_item_name) == (RELEASE, "")


def test_a_quoted_name_may_hold_a_day_and_a_time():
    reading = line('25m +"monday 30m sync"')
    assert reading.ready
    assert (reading.minutes, reading.day, reading.new_item_name) == (25, None, "monday 30m sync")


def test_a_note_runs_to_the_end_and_keeps_what_looks_like_grammar():
    reading = line("25m manual release !took 40m on tuesday, see #4711 in the tracker")
    assert reading.ready
    assert (reading.minutes, reading.day, reading.note) == (25, None, "took 40m on tuesday, see #4711 in the tracker")


def test_tags_at_the_very_end_of_a_note_still_count():
    reading = line("25m manual release !rolled back twice #cs @yuki")
    assert reading.ready
    assert (reading.note, reading.stakeholder, reading.member) == ("rolled back twice", CS, YUKI)


def test_a_mark_within_a_word_begins_no_note():
    assert line("25m manual release !done! really").note == "done! really"


def test_an_unknown_tag_is_refused_with_the_nearest():
    reading = line("25m manual release #sale5")
    assert not reading.ready
    assert reading.problems[0].field == "stakeholder"
    assert "sales" in reading.problems[0].message


def test_a_tag_may_be_begun_where_only_one_fits():
    assert line("25m manual release #sal").stakeholder is SALES


def test_an_unknown_person_is_refused():
    reading = line("25m manual release @nobodyatall")
    assert not reading.ready
    assert reading.problems[0].field == "member"


def test_a_person_is_named_with_underscores_for_spaces():
    assert line("25m manual release @yuki_tanaka").member is YUKI


@pytest.mark.parametrize("typed", ["0m", "-5m", "1.5m", "99999m", "25h", "9-9"])
def test_a_time_that_cannot_be_is_refused_beside_the_time(typed):
    reading = line(f"{typed} manual release")
    assert not reading.ready
    assert [problem.field for problem in reading.problems] == ["minutes"]


def test_a_missing_name_is_asked_for():
    reading = line("25m")
    assert not reading.ready
    assert reading.problems[0].field == "item"


def test_an_empty_line_is_nothing_and_no_fault():
    reading = line("   ")
    assert not reading.ready
    assert reading.problems == ()


def test_a_line_far_too_long_is_refused():
    assert line("25m " + "x" * 10_000).problems
    assert line("25m manual release !" + "x" * 2_001).problems[0].field == "note"
    assert line("25m manual release !" + "x" * 2_000).ready


QUESTIONS = [
    "manual release",
    "manual release yesterday !rolled back #sales",
    "restore",
    "25m rest",
    "25m rest #cs yesterday !oh no",
    "rest 25m @yuki",
    "25m certificate rotation",
    "25分証明書の更新",
    "証明書の更新 ２５分 ＃cs",
    '25m "Certificate rotation"',
    "25m 「証明書の更新」",
    "25 manual release",
    "manual release 25 #cs !note",
    "25 certificate rotation yesterday",
    "25m 30m manual release",
    "manual release 25m 1h30 #cs",
    "25分 1時間半 手動リリース",
    "25 25 certificate",
    "25m re (old)",
    "25m c++ build",
    "25m rest rest",
    '25m " Certificate rotation "',
    '25m 5" disk swap #cs',
    '25m swap 19" rack !done',
    '25 19" rack',
    '25m 「19" rack」',
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_each_choice_of_a_question_answers_it(text):
    asked = line(text)
    assert asked.question is not None, asked
    for choice in asked.question.choices:
        answer = line(choice.rewrite)
        assert not answer.problems, (choice, answer.problems)
        assert answer.question is None or answer.question.text != asked.question.text, (choice, answer.question)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_choice_keeps_the_rest_of_the_line(text):
    asked = line(text)
    for choice in asked.question.choices:
        answer = line(choice.rewrite)
        assert (answer.note, answer.stakeholder, answer.member) == (asked.note, asked.stakeholder, asked.member)
        assert answer.day == asked.day


def test_a_missing_time_offers_the_usual_one_first():
    asked = line("manual release")
    assert line(asked.question.choices[0].rewrite).minutes == RELEASE.usual_minutes


def test_two_times_ask_which_one_it_is():
    asked = line("25m 1h30 manual release")
    assert asked.question.field == "minutes"
    assert {line(choice.rewrite).minutes for choice in asked.question.choices} == {25, 90}


@pytest.mark.parametrize(
    "text", ["25m 5m manual release !took 5m", "5m 25m 25m manual release !took 5m", '25m "Manual release" 5m !took 5m']
)
def test_a_time_that_ends_like_another_is_told_apart(text):
    answers = [line(choice.rewrite) for choice in line(text).question.choices]
    assert {answer.minutes for answer in answers} == {5, 25}
    assert all(answer.ready and answer.item is RELEASE and answer.note == "took 5m" for answer in answers)


def test_a_lone_number_asks_whether_it_is_the_minutes():
    asked = line("25 manual release")
    answers = [line(choice.rewrite) for choice in asked.question.choices]
    assert (answers[0].minutes, answers[0].item) == (25, RELEASE)


def test_a_name_with_a_quote_of_its_own_is_made_whole():
    made = line(line('25m 19" rack').question.choices[-1].rewrite)
    assert made.ready
    assert made.new_item_name == '19" rack'


@pytest.mark.parametrize("text", ['25m ""', '25m "', "25m 「」", '25m +"', '25m +""', '25m " "'])
def test_quotes_around_nothing_name_nothing(text):
    reading = line(text)
    assert [problem.field for problem in reading.problems] == ["item"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25m release last monday", date(2026, 3, 16)), ("25m release last wednesday", date(2026, 3, 11)),
        ("25m release wednesday", TODAY), ("25分 リリース 先週の金曜日", date(2026, 3, 13)),
        ("25分 リリース 今週の月曜", date(2026, 3, 16)), ("25分 リリース 2日前", date(2026, 3, 16)),
        ("3 days ago 25m release", date(2026, 3, 15)), ("25m release 20 Nov", date(2025, 11, 20)),
        ("Mar 2 25m release", date(2026, 3, 2)), ("25m release 2 march 2024", date(2024, 3, 2)),
    ],
)  # fmt: skip
def test_days_are_read_as_people_say_them(text, day):
    reading = line(text)
    assert (reading.ready, reading.day, reading.item) == (True, day, RELEASE)


@pytest.mark.parametrize("text", ["25m release 0001-01-01", "25m release 1999-12-31"])
def test_a_day_that_is_a_slip_of_the_year_is_refused(text):
    assert [problem.field for problem in line(text).problems] == ["day"]


@pytest.mark.parametrize(
    ("text", "minutes"), [("8時から9時15分 リリース", 75), ("リリース 13時半〜14時", 30), ("9時-10時 リリース", 60)]
)
def test_japanese_clock_ranges_are_read(text, minutes):
    reading = line(text)
    assert (reading.minutes, reading.item) == (minutes, RELEASE)


def test_a_range_that_ends_before_it_begins_is_a_slip_but_not_past_midnight():
    assert [problem.field for problem in line("9-8 release").problems] == ["minutes"]
    assert line("22-1 release").minutes == 180


@pytest.mark.parametrize("number", ["-5", "0", "99999", "1e309", "-1.5"])
def test_a_bare_number_that_is_no_time_says_why(number):
    for text in (f"{number} release", f"release {number}", f'{number} "Manual release"'):
        assert [problem.field for problem in line(text).problems] == ["minutes"], text


@pytest.mark.parametrize("text", ["1.5 release", "release 1.5"])
def test_a_bare_fraction_is_asked_about_as_hours(text):
    asked = line(text).question
    assert line(asked.choices[0].rewrite).minutes == 90
    assert line(asked.choices[1].rewrite).new_item_name.replace("1.5", "").strip() == "release"


def test_full_width_digits_are_asked_about_like_narrow_ones():
    assert line(line("１２ リリース").question.choices[0].rewrite).minutes == 12


def test_an_unknown_tag_offers_the_tags_there_are():
    problem = line("25m release #nope").problems[0]
    assert [choice.label for choice in problem.choices] == ["#cs", "#sales"]
    assert line(problem.choices[1].rewrite).stakeholder == SALES


def test_two_tags_are_one_too_many():
    assert [problem.field for problem in line("25m release #cs #sales").problems] == ["stakeholder"]
    assert line("25m release #cs #cs").ready


def test_a_note_in_quotes_may_stand_anywhere():
    for text in ('!"rolled back twice" 25m release #cs', "25m !「rolled back twice」 release #cs"):
        assert meaning(line(text)) == (25, RELEASE, "", CS, None, None, "rolled back twice")


def test_a_note_that_swallowed_the_rest_is_explained():
    assert "note" in line("yesterday #cs !rolled back twice 25m release").problems[0].message
