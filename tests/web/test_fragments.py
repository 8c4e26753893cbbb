"""Parts that are rendered once for the same content: never the words of something else, and never a row of a table."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import time_machine
from django.template import Context, Engine
from django.utils import timezone, translation

from apps.web import fragments
from tests import factories


@dataclass(frozen=True, slots=True)
class Plant:
    name: str
    of: object = None


@pytest.fixture
def render():
    """How often the template was rendered, and what was read from it."""
    fragments._rendered.cache_clear()
    read = "{% load i18n tz %}{{ plant.name }} {% translate 'People' %} {{ at|date:'H:i' }} {{ secret }}"
    loaders = [("django.template.loaders.locmem.Loader", {"plant.html": read})]
    libraries = {"web": "apps.web.templatetags.web", "i18n": "django.templatetags.i18n", "tz": "django.templatetags.tz"}
    engine = Engine(loaders=loaders, libraries=libraries)

    def plant(**given):
        return fragments.rendered(engine, "plant.html", given)

    plant.engine = engine
    yield plant
    fragments._rendered.cache_clear()


def times() -> int:
    return fragments._rendered.cache_info().misses


def test_the_same_content_is_rendered_once(render):
    assert render(plant=Plant("Tree")) == render(plant=Plant("Tree")) and times() == 1
    assert "Grass" in render(plant=replace(Plant("Tree"), name="Grass")) and times() == 2


def test_each_reader_reads_it_in_their_language_on_their_clock_and_day(render):
    at = timezone.now().replace(hour=1, minute=30)
    with translation.override("ja"):
        assert "人" in render(plant=Plant("Tree"), at=at)
    with translation.override("en"):
        assert "People" in render(plant=Plant("Tree"), at=at)
        with timezone.override("Asia/Tokyo"):
            assert "10:30" in render(plant=Plant("Tree"), at=at)
        assert "01:30" in render(plant=Plant("Tree"), at=at) and times() == 3
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            render(plant=Plant("Tree"), at=at)
            assert times() == 4, "“today” is another day"


def test_what_is_given_is_escaped_and_nothing_else_of_the_page_is_seen(render):
    assert "&lt;b&gt;" in render(plant=Plant("<b>"))
    page = render.engine.from_string("{% load web %}{% fragment 'plant.html' plant=plant %}{{ secret }}")
    whole = page.render(Context({"plant": Plant("Tree"), "secret": "hidden"}))
    assert "Tree" in whole and whole.count("hidden") == 1


@pytest.mark.django_db
def test_a_row_of_a_table_is_refused_however_deep(render):
    person = factories.member()
    for given in (person, (person,), Plant("Tree", person), (Plant("Tree", (1, person)),), frozenset({person})):
        with pytest.raises(TypeError, match="Member in plant"):
            render(plant=given)


def test_what_can_be_changed_is_refused(render):
    with pytest.raises(TypeError):
        render(plant=["Tree"])


def test_a_process_keeps_no_more_than_its_most(render):
    for number in range(fragments.MOST + 5):
        render(plant=Plant(str(number)))
    assert fragments._rendered.cache_info().currsize == fragments.MOST
