"""What tests of the map’s pages ask again and again."""

import re
from datetime import date, timedelta

from apps.roadmap.models import Map
from apps.toil import months


def item_of(row: Map) -> str:
    row.refresh_from_db()
    return next(iter(row.revisions.get(number=row.head).document().items))


def item_of_title(row: Map, title: str) -> str:
    row.refresh_from_db()
    found = row.revisions.get(number=row.head).document().items.values()
    return next(item.id for item in found if item.title == title)


def form_of(page) -> dict:
    """What the page's last form would send, as a browser fills it in."""
    html = page.text[page.text.rindex('<form class="form"') :]
    sent: dict = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (('type="radio"' not in tag and 'type="checkbox"' not in tag) or " checked" in tag):
            sent[name[1]] = value[1].replace("&quot;", '"').replace("&amp;", "&") if value else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL):
        sent[name] = inner
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        sent[name] = chosen[1] if chosen else re.search(r'<option value="([^"]*)"', inner)[1]
    return sent


def days_of(start: date, by: int) -> tuple[str, str]:
    first = months.step(start, by)
    return first.isoformat(), (first + timedelta(days=40)).isoformat()
