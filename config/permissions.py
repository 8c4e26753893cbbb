"""The one table of who may open which address. What is not in it is refused (R55); a start-up check finds gaps.

Rules about one certain row (edit *this* entry) stand beside the row, in each room's `permissions.py`; who may not
change a row is told that there is none (R56).
"""

from apps.accounts.permissions import Page, Who

ANYONE, MEMBERS = Who.ANYONE, Who.MEMBERS
LEADS, ADMINS, LEADS_AND_ADMINS = Who.LEADS, Who.ADMINS, Who.LEADS_AND_ADMINS


def _page(view: str, **methods: Who) -> Page:
    return Page(view, methods)


PAGES = (
    # The shell
    _page("web:home", GET=MEMBERS),
    _page("web:more", GET=MEMBERS),
    _page("web:shortcuts", GET=MEMBERS),
    _page("web:language", POST=ANYONE),
    _page("web:theme", POST=MEMBERS),
    _page("web:live", GET=ANYONE),
    _page("web:ready", GET=ANYONE),
    # Signing in, by django-allauth
    _page("account_login", GET=ANYONE, POST=ANYONE),
    _page("account_logout", GET=ANYONE, POST=ANYONE),
    _page("account_signup", GET=ANYONE, POST=ANYONE),
    _page("account_inactive", GET=ANYONE),
    _page("account_reauthenticate", GET=MEMBERS, POST=MEMBERS),
    _page("account_change_password", GET=MEMBERS, POST=MEMBERS),
    _page("account_reset_password", GET=ANYONE, POST=ANYONE),
    _page("account_reset_password_done", GET=ANYONE),
    _page("account_reset_password_from_key", GET=ANYONE, POST=ANYONE),
    _page("account_reset_password_from_key_done", GET=ANYONE),
    # First visit, joining, settings
    _page("story:welcome", GET=ANYONE, POST=ANYONE),
    _page("accounts:join", GET=ANYONE, POST=ANYONE),
    _page("accounts:settings", GET=MEMBERS, POST=MEMBERS),
    _page("accounts:members", GET=LEADS_AND_ADMINS),
    _page("accounts:member_new", GET=LEADS_AND_ADMINS, POST=LEADS_AND_ADMINS),
    _page("accounts:member", GET=LEADS_AND_ADMINS, POST=ADMINS),
    _page("accounts:invite", POST=LEADS_AND_ADMINS),
    _page("accounts:organisation", GET=ADMINS, POST=ADMINS),
    # Stakeholders: everybody observes, the lead keeps the list
    _page("stakeholders:list", GET=MEMBERS),
    _page("stakeholders:stakeholder", GET=MEMBERS),
    _page("stakeholders:csv", GET=MEMBERS),
    _page("stakeholders:observe", GET=MEMBERS),
    _page("stakeholders:observe_about", GET=MEMBERS, POST=MEMBERS),
    _page("stakeholders:observation", GET=MEMBERS, POST=MEMBERS),
    _page("stakeholders:new", GET=LEADS, POST=LEADS),
    _page("stakeholders:edit", GET=LEADS, POST=LEADS),
    _page("stakeholders:archive", POST=LEADS),
    _page("stakeholders:merge", GET=LEADS, POST=LEADS),
    _page("stakeholders:unmerge", POST=LEADS),
    # The focus: the lead decides, each member answers for themself
    _page("stakeholders:focus", GET=MEMBERS),
    _page("stakeholders:decide", GET=LEADS, POST=LEADS),
    _page("stakeholders:voice", GET=MEMBERS, POST=MEMBERS),
    _page("stakeholders:look_again", GET=LEADS, POST=LEADS),
    # Our SRE: everybody answers and marks, the lead asks and writes the statement
    _page("our_sre:overview", GET=MEMBERS),
    _page("our_sre:ask", POST=LEADS),
    _page("our_sre:take_back", POST=LEADS),
    _page("our_sre:answer", GET=MEMBERS, POST=MEMBERS),
    _page("our_sre:mark", GET=MEMBERS, POST=MEMBERS),
    _page("our_sre:unmark", POST=MEMBERS),
    _page("our_sre:write", GET=LEADS, POST=LEADS),
    _page("our_sre:voice", GET=MEMBERS, POST=MEMBERS),
    _page("our_sre:versions", GET=MEMBERS),
    _page("our_sre:round", GET=MEMBERS),
    _page("our_sre:over_time", GET=MEMBERS),
    _page("our_sre:withdraw", GET=MEMBERS, POST=MEMBERS),
    # Toil: everybody logs and reads; the lead shapes items and categories
    _page("toil:log", GET=MEMBERS),
    _page("toil:log_csv", GET=MEMBERS),
    _page("toil:quick", GET=MEMBERS, POST=MEMBERS),
    _page("toil:read", GET=MEMBERS, POST=MEMBERS),
    _page("toil:again", POST=MEMBERS),
    _page("toil:undo", POST=MEMBERS),
    _page("toil:entry_new", GET=MEMBERS, POST=MEMBERS),
    _page("toil:entry", GET=MEMBERS, POST=MEMBERS),
    _page("toil:entry_delete", POST=MEMBERS),
    _page("toil:timer", GET=MEMBERS, POST=MEMBERS),
    _page("toil:timer_start", POST=MEMBERS),
    _page("toil:timer_stop", POST=MEMBERS),
    _page("toil:timer_discard", POST=MEMBERS),
    _page("toil:items", GET=MEMBERS),
    _page("toil:item_new", GET=MEMBERS, POST=MEMBERS),
    _page("toil:item", GET=MEMBERS),
    _page("toil:item_edit", GET=MEMBERS, POST=MEMBERS),
    _page("toil:item_state", GET=LEADS, POST=LEADS),
    _page("toil:item_merge", GET=LEADS, POST=LEADS),
    _page("toil:item_unmerge", POST=LEADS),
    _page("toil:dig", GET=MEMBERS, POST=MEMBERS),
    _page("toil:dig_delete", POST=MEMBERS),
    _page("toil:links", GET=MEMBERS, POST=MEMBERS),
    _page("toil:link_delete", POST=MEMBERS),
    _page("toil:week", GET=MEMBERS, POST=MEMBERS),
    _page("toil:week_copy", POST=MEMBERS),
    _page("toil:categories", GET=MEMBERS),
    _page("toil:category_new", GET=LEADS, POST=LEADS),
    _page("toil:category", GET=LEADS, POST=LEADS),
    _page("toil:category_archive", POST=LEADS),
    _page("toil:what", GET=MEMBERS),
    _page("toil:export", GET=MEMBERS),
    _page("toil:export_csv", GET=MEMBERS),
    _page("toil:export_json", GET=LEADS_AND_ADMINS),
    _page("toil:import", GET=MEMBERS, POST=MEMBERS),
    _page("toil:import_run", GET=MEMBERS, POST=MEMBERS),
    _page("toil:import_apply", POST=MEMBERS),
    _page("toil:import_progress", GET=MEMBERS),
    _page("toil:import_rows", GET=MEMBERS),
    _page("toil:import_discard", POST=MEMBERS),
    # The future map: everybody reads it, checks in and says how sure they are; the lead draws
    _page("roadmap:map", GET=MEMBERS),
    _page("roadmap:item", GET=MEMBERS),
    _page("roadmap:check_in", GET=MEMBERS, POST=MEMBERS),
    _page("roadmap:sure", GET=MEMBERS, POST=MEMBERS),
    *(_page(f"roadmap:{n}", GET=MEMBERS) for n in "new history compare draft new_item edit_item pivot read restore".split()),
    # Django's admin site, for the admin flag only
    _page("admin:*", GET=Who.DJANGO_ADMIN, POST=Who.DJANGO_ADMIN),
)
