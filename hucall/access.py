"""Who sees which calls, and who may do which step (GX-呼应-05, 13, 16; decisions 11, 24, 37)."""

from django.db.models import Q

from governance.access import SYSTEM, holders
from governance.roles import ADMINISTRATORS, Role

COUNTY_WIDE = frozenset(
    {Role.PLATFORM, Role.DUCHA, Role.BIANBAN, Role.COUNTY, Role.KAOHE, Role.JIWEI}
)
"""Posts whose holders see every call of their county: the desk, supervision, and the judges."""

RESPONDERS = (Role.DEPARTMENT_CLERK, Role.AGENCY_HEAD, Role.AGENCY_MEMBER)


def answering(response) -> set[int]:
    """The unit that owes a response, and the department that a stationed agency belongs to."""
    parent = response.unit.parent_id if response.unit.kind == "agency" else None
    return {response.unit_id, parent} - {None}


def villages(call) -> set[int]:
    """The village that raised a call through its township."""
    return {call.village_id} - {None}


township_clerk = holders(Role.TOWNSHIP_CLERK, of="owner_id", label="发起乡镇经办")
township_leader = holders(Role.TOWNSHIP_LEADER, of="owner_id", label="发起乡镇负责人")
township = township_clerk | township_leader
village = holders(Role.VILLAGE_CLERK, of=villages, label="发起村(社区)经办")
platform = holders(Role.PLATFORM, label="响应平台管理员")
bianban = holders(Role.BIANBAN, label="县委编办")
ducha = holders(Role.DUCHA, label="督查机构")
responder = holders(*RESPONDERS, of=answering, label="承办单位经办")
responder_leader = holders(
    Role.DEPARTMENT_LEADER, Role.AGENCY_HEAD, of=answering, label="承办单位负责人"
)
anyone_answering = responder | responder_leader
supervisors = ducha | platform
system = SYSTEM


def visible_calls(rows, user):
    """Calls in which a unit of the user takes part; all of the county for county-wide posts.

    Drafts are their unit's own until they are filed.
    """
    units, counties = reach(user)
    if counties:
        # The county stands outside, where an index answers it.
        known = ~Q(state__in=("draft", "proposed")) | Q(owner__in=units)
        wide = Q(county__in=counties) & known
        return beside(rows, wide, "parties__unit__in", elsewhere(user, counties))
    if not units:
        return rows.none()
    found = rows.filter(parties__unit__in=units)
    return found.distinct() if len(units) > 1 else found


def visible_through_call(rows, user):
    """Parts of a file are seen by those who see the call: the parts stand side by side."""
    units, counties = reach(user)
    if counties:
        wide = Q(county__in=counties) | Q(owner__in=units) | Q(unit__in=units)
        return beside(rows, wide, "call__parties__unit__in", elsewhere(user, counties))
    if not units:
        return rows.none()
    found = rows.filter(call__parties__unit__in=units)
    return found.distinct() if len(units) > 1 else found


def visible_ratings(rows, user):
    """A rating is for the township that gives it and for the platform (GX-呼应-16)."""
    desks = {p.county_id for p in user.posts_held() if p.role == Role.PLATFORM}
    own = {
        p.unit_id
        for p in user.posts_held()
        if p.role in {Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER}
    }
    return rows.filter(Q(county__in=desks) | Q(owner__in=own))


def visible_callbacks(rows, user):
    """Callbacks are for the platform operators alone."""
    desks = {p.county_id for p in user.posts_held() if p.role == Role.PLATFORM}
    return rows.filter(county__in=desks)


def visible_bulletins(rows, user):
    """A published bulletin is for its whole county; a draft for platform and supervision."""
    posts = user.posts_held()
    desks = {p.county_id for p in posts if p.role in {Role.PLATFORM, Role.DUCHA}}
    counties = {p.county_id for p in posts if p.role not in ADMINISTRATORS} - {None}
    return rows.filter(Q(county__in=desks) | Q(county__in=counties, state="published"))


def reach(user) -> tuple[set[int], set[int]]:
    """(units whose files the user takes part in, counties that the user sees as a whole)."""
    units: set[int] = set()
    counties: set[int] = set()
    for post in user.posts_held():
        if post.role in ADMINISTRATORS:
            continue
        if post.role in COUNTY_WIDE and post.county_id:
            counties.add(post.county_id)
        units.add(post.unit_id)
    return units, counties


def elsewhere(user, counties: set[int]) -> set[int]:
    """Units of the user's posts outside the counties that the user sees as a whole."""
    return {
        post.unit_id
        for post in user.posts_held()
        if post.county_id not in counties and post.role not in ADMINISTRATORS
    }


def beside(rows, wide: Q, party: str, units: set[int]):
    """What is seen county-wide, and the files of the user's units in other counties (if any)."""
    if not units:
        return rows.filter(wide)
    return rows.filter(wide | Q((party, units))).distinct()


def visible_rectifications(rows, user):
    """A rectification is for the unit that owes it, for supervision and for the platform."""
    posts = user.posts_held()
    desks = {p.county_id for p in posts if p.role in {Role.PLATFORM, Role.DUCHA, Role.JIWEI}}
    units = {p.unit_id for p in posts if p.role not in ADMINISTRATORS}
    return rows.filter(Q(county__in=desks) | Q(unit__in=units))


anyone_of_unit = holders(
    *RESPONDERS,
    Role.DEPARTMENT_LEADER,
    Role.TOWNSHIP_CLERK,
    Role.TOWNSHIP_LEADER,
    of="unit_id",
    label="被通报单位",
)
