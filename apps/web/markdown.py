"""Markdown that people write, as safe HTML: markdown-it, then an allow-list of tags (R64). The source is stored,
and each process keeps what it rendered last."""

import html
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_md = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "hr"}


@lru_cache(maxsize=2_048)
def render(source: str) -> SafeString:
    """HTML of `source`, with links to http, https and mailto only."""
    cleaned = nh3.clean(
        _md.render(source),
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(cleaned)


@lru_cache(maxsize=2_048)
def plain(source: str) -> str:
    """The words of `source` on one line, without its marks: for labels and tables."""
    return " ".join(html.unescape(nh3.clean(_md.render(source), tags=set())).split())
