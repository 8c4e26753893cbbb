"""The request of somebody who is signed in, for views the permission table opens to members only."""

from apps.accounts.models import Member
from apps.web.http import Request


class MemberRequest(Request):
    member: Member
