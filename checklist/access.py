"""Who sees and who touches the list.

The list is public matter inside its own county (decision 37: counties are blind to each other).
A draft is for 编办, who publishes, and for the system administrator, who may import.
"""

from django.db.models import Q

from checklist.posts import APPLICANTS, CAUSE_READERS, CHANGERS, WATCHERS
from governance.access import SYSTEM, Who, holders
from governance.models import Referral
from governance.models.staged import delayed
from governance.roles import ADMINISTRATORS, Role

__all__ = ["APPLICANTS", "CAUSE_READERS", "CHANGERS", "WATCHERS"]

DRAFTERS = frozenset({Role.BIANBAN, Role.SYSADMIN})
OWN_PEOPLE = frozenset(
    {
        Role.TOWNSHIP_CLERK,
        Role.TOWNSHIP_LEADER,
        Role.DEPARTMENT_CLERK,
        Role.DEPARTMENT_LEADER,
        Role.AGENCY_HEAD,
    }
)


class Receiver(Who):
    """Who receives applications: 编办 for the county, or the office of the joint meeting, as the
    county's rulebook says (GX-清单-04, decision 33).
    """

    DESKS = {"bianban": Role.BIANBAN, "meeting_office": Role.MEETING_OFFICE}

    def __init__(self):
        super().__init__(self.DESKS.values(), None, "受理机关(编办或联席会议办公室)")

    def __call__(self, record, user):
        role = self.DESKS[record.rulebook.value("adjust.receiver")]
        for post in user.posts_held():
            if post.role == role and post.county_id == record.county_id:
                return post
        return None


class Dropping(Who):
    """Who gives a draft up: 编办; the system administrator only what an import has made, for the
    three administrators decide nothing about applications.
    """

    def __init__(self):
        super().__init__(DRAFTERS, None, "编办(导入的草稿也可由系统管理员)")

    def __call__(self, record, user):
        post = super().__call__(record, user)
        if post and post.role == Role.SYSADMIN and record.pk and record.applications.exists():
            return None
        return post


def proposing(record) -> int | None:
    """县委、县政府 propose a change only where a unit has failed to apply (GX-清单-26)."""
    return record.owner_id if record.by_authority else None


def applying(record) -> int | None:
    """A unit applies for itself; what the county proposes is the county's, not its office's."""
    return None if record.by_authority else record.owner_id


def own_unit(record) -> set[int]:
    """The unit that records or owes."""
    return {record.owner_id, getattr(record, "unit_id", None)} - {None}


bianban = holders(Role.BIANBAN, label="编办")
receiving = Receiver()
applicant = (
    holders(*APPLICANTS, of=applying, label="申请单位")
    | holders(Role.BIANBAN, of="owner_id", label="编办(作为提出单位)")
    | holders(Role.COUNTY, of=proposing, label="县委县政府(依职权提出)")
)
recording = holders(*APPLICANTS, of="owner_id", label="应申请单位") | bianban | SYSTEM
system = SYSTEM
publishing = holders(Role.BIANBAN, label="编办") | SYSTEM
dropping = Dropping()


def counties(user) -> set[int]:
    """Ids of the counties in which the user holds any post."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return set()
    return {post.county_id for post in user.posts_held() if post.county_id}


def drafting_counties(user) -> set[int]:
    """Ids of the counties in which the user may import and see drafts."""
    if not counties(user):
        return set()
    return {post.county_id for post in user.posts_held() if post.role in DRAFTERS}


def may_draft(user, county_id: int) -> bool:
    """Whether the user may import into this county's draft."""
    return county_id in drafting_counties(user)


def visible_editions(rows, user):
    """Editions that the user may see: published ones of own counties, drafts as above."""
    public = Q(county__in=counties(user), state__in=["published", "superseded"])
    return rows.filter(public | Q(county__in=drafting_counties(user)))


def visible_causes(rows, user):
    """Causes of the user's units; for 编办, 司法局 and the county all of their county; for
    纪检监察 those that were referred to it (JQ-清单-25).
    """
    posts = user.posts_held() if user.is_active else []
    units = {post.unit_id for post in posts if post.role not in ADMINISTRATORS}
    wide = {post.county_id for post in posts if post.role in WATCHERS} - {None}
    told = {post.county_id for post in posts if post.role == Role.JIWEI} - {None}
    seen = Q(owner__in=units) | Q(unit__in=units) | Q(county__in=wide) | delayed(rows.model, user)
    if told:
        referred = Referral.objects.filter(county__in=told, matter_type=rows.model.type())
        seen |= Q(county__in=told, pk__in=referred.values("matter_id"))
    return rows.filter(seen)


def may_edit_contact(user, unit) -> bool:
    """The platform operator of the county, and the unit's own people (GX-呼应-03)."""
    if not counties(user):
        return False
    return any(
        (post.role == Role.PLATFORM and post.county_id == unit.county_id)
        or (post.role in OWN_PEOPLE and post.unit_id == unit.pk)
        for post in user.posts_held()
    )


def wide_contacts(user) -> set[int]:
    """Ids of the counties whose contact gaps the user sees in full; others see their own unit's."""
    if not counties(user):
        return set()
    wide = {Role.PLATFORM, Role.BIANBAN}
    return {post.county_id for post in user.posts_held() if post.role in wide}


EXAMINERS = frozenset({Role.BIANBAN, Role.PLATFORM})
"""Who looks through the whole list for conflicts and gaps."""


def may_examine(user, county_id: int) -> bool:
    """编办 and the platform operator of the county."""
    return any(post.role in EXAMINERS and post.county_id == county_id for post in user.posts_held())


def examined_counties(user) -> set[int]:
    """Ids of the counties whose list the user examines."""
    if not counties(user):
        return set()
    return {post.county_id for post in user.posts_held() if post.role in EXAMINERS}


# Legal bases: common entries are kept by system administrators, a county's own by its 编办; that a
# law has been amended or repealed may be recorded by either (docs/adr/0022).


def bianban_counties(user) -> set[int]:
    """Ids of the counties whose 编办 the user is."""
    if not counties(user):
        return set()
    return {post.county_id for post in user.posts_held() if post.role == Role.BIANBAN} - {None}


def may_keep_law(user, basis) -> bool:
    """Whether the user may correct an entry of the register."""
    if not counties(user):
        return False
    if basis.county_id:
        return basis.county_id in bianban_counties(user)
    return any(post.role == Role.SYSADMIN for post in user.posts_held())


def may_change_law(user, basis) -> bool:
    """Whether the user may record that a law was amended or repealed."""
    common = basis.county_id is None and bool(bianban_counties(user))
    return common or may_keep_law(user, basis)


def may_notify(user, county_id: int) -> bool:
    """编办 tells a unit of its county that it should apply (GX-清单-04)."""
    return any(p.role == Role.BIANBAN and p.county_id == county_id for p in user.posts_held())
