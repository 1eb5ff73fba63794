"""Who sees and who does what in admission (GX-准入-08, TX-准入-06, decisions 35–37)."""

from django.db.models import Q

from admission.posts import DEPARTMENT, TOWNSHIP, WIDE
from governance.access import SYSTEM, Who, holders
from governance.models.staged import delayed, units_of
from governance.roles import Role

APPLYING = {"department": DEPARTMENT, "township": TOWNSHIP}


class Applicant(Who):
    """The unit that applies, where the county's rulebook lets this kind of unit apply."""

    def __init__(self, key: str, label: str):
        super().__init__((*DEPARTMENT, *TOWNSHIP), "owner_id", label)
        self.key = key

    def __call__(self, record, user):
        allowed = {role for kind in record.rulebook.value(self.key) for role in APPLYING[kind]}
        post = super().__call__(record, user)
        return post if post and post.role in allowed else None


class Leaver(Applicant):
    """Who applies for an exit. What the clock or a township has opened lies with the department,
    also where only townships may apply of themselves.
    """

    def __call__(self, record, user):
        if record.origin != "applied":
            return Who.__call__(self, record, user)
        return super().__call__(record, user)


class Concluding(Who):
    """编办, and the office of the joint meeting where the county's chain has it: nobody concludes
    on what does not come before them.
    """

    def __call__(self, record, user):
        post = super().__call__(record, user)
        if post is None or post.role == Role.BIANBAN:
            return post
        return post if any(row["role"] == post.role for row in record.chain()) else None


def asked(opinion) -> int:
    """Whoever is asked answers for itself, the applicant never for it."""
    return opinion.unit_id


def asker(opinion) -> int:
    """The unit that has asked."""
    return opinion.request.owner_id


applicant = Applicant("admission.applicants", "申请单位")
leaver = Leaver("exit.applicants", "退出申请单位")
asked_unit = holders(*DEPARTMENT, *TOWNSHIP, of=asked, label="被征求意见单位")
asking_unit = holders(*DEPARTMENT, *TOWNSHIP, of=asker, label="申请单位")
bianban = holders(Role.BIANBAN, label="编办")
correcting = holders(Role.BIANBAN, Role.COUNTY, label="编办或县委办、县政府办")
concluding = Concluding((Role.BIANBAN, Role.MEETING_OFFICE), None, "编办或联席会议办公室")
meeting = holders(Role.MEETING_OFFICE, label="联席会议办公室")
township = holders(*TOWNSHIP, of="unit_id", label="承接乡镇")
reporting = holders(*TOWNSHIP, of="owner_id", label="报告乡镇")
department = holders(*DEPARTMENT, of="department_id", label="交办部门")
owner = holders(*DEPARTMENT, of="owner_id", label="提出部门")
paying = department | holders(Role.CAIZHENG, label="县财政")
system = SYSTEM

PURSE = frozenset({*WIDE, Role.CAIZHENG})
"""Posts that see the money as well."""


def visible_files(rows, user):
    """Files in which a unit of the user takes part; for those who oversee, all of the county."""
    return wide(rows, user, frozenset(WIDE))


def visible_duties(rows, user):
    """As above; the treasury sees what it pays for."""
    return wide(rows, user, PURSE)


def wide(rows, user, roles):
    """Rows of the user's units, and all of a county in which the user holds one of the roles."""
    posts = user.posts_held() if user.is_active else []
    counties = {post.county_id for post in posts if post.role in roles} - {None}
    mine = Q(parties__unit__in=units_of(user)) | delayed(rows.model, user)
    found = mine | Q(county__in=counties) if counties else mine
    return rows.filter(pk__in=rows.model.objects.filter(found).values("pk"))


def visible_parts(rows, user, root: str, model):
    """Records of a file: as the file."""
    return rows.filter(**{f"{root}__in": model.objects.visible_to(user).values("pk")})


def of_township(rows, user):
    """Duties that bind one of the user's own units."""
    return rows.filter(unit__in=units_of(user))


def visible_reports(rows, user):
    """A report of a township: its own, 编办's and the county's; the department sees it once it has
    been ordered to correct it.
    """
    return wide(rows, user, frozenset({Role.BIANBAN, Role.COUNTY}))
