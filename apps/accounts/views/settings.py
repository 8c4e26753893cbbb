"""One's own settings, the members, and the organisation (design guide, “Settings”)."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.forms import KnownMemberForm, MemberForm, OrganisationForm, ProfileForm
from apps.accounts.http import MemberRequest
from apps.accounts.models import Invitation, Member, NameOrder, Organisation
from apps.web.forms import status
from apps.web.toasts import toast


def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.member)
    if request.method == "POST" and form.is_valid():
        member = form.save()
        with translation.override(member.language):
            toast(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    if form.errors:  # a bound ModelForm has already written to the instance that the page's frame shows
        request.member.refresh_from_db()
    return render(
        request, "accounts/profile.html", {"form": form, "teams": Member.objects.teams()}, status=status(form)
    )


def members(request: MemberRequest) -> HttpResponse:
    return render(
        request,
        "accounts/members.html",
        {"members": Member.objects.by_name(), "may_change": request.member.is_admin},
    )


def member_new(request: MemberRequest) -> HttpResponse:
    """Makes somebody known, and gives the link to invite them with."""
    organisation = Organisation.get()
    language = organisation.language if organisation else "en"
    order = NameOrder.FAMILY_FIRST if language == "ja" else NameOrder.GIVEN_FIRST
    form = KnownMemberForm(request.POST or None, initial={"language": language, "name_order": order})
    if request.method == "POST" and form.is_valid():
        member = form.save(commit=False)
        member.set_unusable_password()
        member.time_zone = organisation.time_zone if organisation else "UTC"
        member.save()
        toast(request, _("%(name)s is known now.") % {"name": member.display_name})
        return redirect("accounts:member", member.pk)
    return render(
        request, "accounts/member_new.html", {"form": form, "teams": Member.objects.teams()}, status=status(form)
    )


def member(request: MemberRequest, pk: int) -> HttpResponse:
    """One member: names, and for admins role, admin flag and whether they may sign in."""
    person = get_object_or_404(Member, pk=pk)
    form_class = MemberForm if request.member.is_admin else KnownMemberForm
    form = form_class(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("Saved."))
        return redirect("accounts:members")
    shown = Member.objects.get(pk=pk) if form.errors else person
    link = request.session.pop(f"invitation-{pk}", "")
    return render(
        request,
        "accounts/member.html",
        {
            "form": form,
            "person": shown,
            "teams": Member.objects.teams(),
            "link": link,
            "is_mailed": settings.MAIL_IS_SET_UP,
            "invitation": Invitation.objects.open().filter(member=person).first(),
        },
        status=status(form),
    )


def invite(request: MemberRequest, pk: int) -> HttpResponse:
    """Makes a fresh link for somebody who has not joined; earlier links stop working."""
    person = get_object_or_404(Member, pk=pk, joined_at=None, is_active=True)
    _row, token = Invitation.make(person, request.member)
    request.session[f"invitation-{pk}"] = settings.SITE_URL + reverse("accounts:join", args=[token])
    return redirect(reverse("accounts:member", args=[pk]) + "#invitation")


def organisation(request: MemberRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None, instance=Organisation.get())
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("Saved."))
        return redirect("accounts:organisation")
    return render(request, "accounts/organisation.html", {"form": form}, status=status(form))
