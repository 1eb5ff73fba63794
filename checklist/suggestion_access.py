"""Who hears suggestions, who answers them, and who reads the person behind them."""

from django.db.models import Q

from governance.access import SYSTEM, holders
from governance.roles import ADMINISTRATORS, Role

OF_UNITS = (
    *(Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER),
    *(Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER),
)
KEYING = (Role.TOWNSHIP_CLERK, Role.DEPARTMENT_CLERK, Role.BIANBAN)

bianban = holders(Role.BIANBAN, label="编办")
keying = holders(*KEYING, of="owner_id", label="部门、乡镇(街道)经办人员或编办") | SYSTEM
handling = holders(*OF_UNITS, of="unit_id", label="办理单位")


def visible(rows, user):
    """编办 all of its county; others those of their units."""
    posts = user.posts_held() if user.is_active else []
    units = {post.unit_id for post in posts if post.role not in ADMINISTRATORS}
    wide = {post.county_id for post in posts if post.role == Role.BIANBAN} - {None}
    mine = {post.unit_id for post in posts if post.role in OF_UNITS} & units
    return rows.filter(Q(county__in=wide) | Q(unit__in=mine) | Q(owner__in=mine))


def knows_person(record, user) -> bool:
    """Whether the reader is of 编办 or of the unit that handles it."""
    return bool(bianban(record, user) or handling(record, user))


def contact(record, user) -> list[tuple[str, str]]:
    """Name, phone and mail, in full or masked."""
    show = (lambda text: text) if knows_person(record, user) else masked
    rows = (("姓名或名称", record.name), ("联系电话", record.phone), ("电子信箱", record.mail))
    return [(label, show(value)) for label, value in rows if value]


def masked(text: str) -> str:
    """The first sign, and nothing that leads to the person."""
    return f"{text[:1]}***"


def may_key(user) -> list:
    """The posts in which a person may key in suggestions."""
    return [post for post in user.posts_held() if post.role in KEYING and post.county_id]


def may_keep_channel(user, unit) -> bool:
    """The unit's own people, and 编办 of the county."""
    return any(
        (post.role == Role.BIANBAN and post.county_id == unit.county_id)
        or (post.role in OF_UNITS and post.unit_id == unit.pk)
        for post in user.posts_held()
    )
