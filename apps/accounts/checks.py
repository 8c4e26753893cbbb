"""Start-up check: every address has an entry in the permission table, and every entry an address (R55)."""

from collections.abc import Iterator

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts.permissions import table


def view_names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The full name of every view that an address leads to; an unnamed one comes as its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from view_names(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name or entry.pattern}"


@register()
def permission_table_is_whole(app_configs, **_kwargs) -> list[Error]:
    names = set(view_names())
    known = set(table())
    wild = {name.removesuffix("*") for name in known if name.endswith(":*")}
    missing = {n for n in names if n not in known and not n.startswith(tuple(wild))}
    stale = {n for n in known if n not in names and not n.endswith(":*")}
    return [
        Error(f"The address “{name}” has no entry in config/permissions.py.", id="accounts.E001")
        for name in sorted(missing)
    ] + [
        Error(f"config/permissions.py speaks of “{name}”, which no address has.", id="accounts.E002")
        for name in sorted(stale)
    ]
