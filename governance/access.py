"""Who may do what: small named predicates over posts, composed with `|`.

A predicate answers with the post that allows the step, so that the trail can say in which
capacity somebody acted. It reads the record and the user's posts, and makes no query.
"""

from collections.abc import Callable, Iterable

from governance.roles import Role


class Who:
    """The holders of some roles in some units of the record.

    Args:
        roles: any one of them suffices.
        of: field of the record with the unit's id, or (record) -> id or ids;
            None: any unit of the record's county.
        label: how the permission matrix page names them.
    """

    def __init__(self, roles: Iterable[str], of: str | Callable | None, label: str = ""):
        self.roles = frozenset(roles)
        self.of = of
        self.label = label or "、".join(Role(role).label for role in sorted(self.roles))
        self.parts = (self,)

    def units(self, record) -> set[int]:
        """Ids of the units whose post-holders are meant."""
        found = self.of(record) if callable(self.of) else getattr(record, self.of)
        return {found} if isinstance(found, int) else set(found or ())

    def __call__(self, record, user):
        """The post of `user` that fits, or None."""
        for post in user.posts_held():
            if post.role not in self.roles:
                continue
            if self.of is None and post.county_id == record.county_id:
                return post
            if self.of is not None and post.unit_id in self.units(record):
                return post
        return None

    def __or__(self, other):
        return Either(self, other)


class Either(Who):
    """One of several kinds of people."""

    def __init__(self, *whos):
        self.parts = tuple(part for who in whos for part in who.parts)
        self.roles = frozenset().union(*(part.roles for part in self.parts))
        self.label = " 或 ".join(part.label for part in self.parts)

    def __call__(self, record, user):
        for part in self.parts:
            post = part(record, user)
            if post:
                return post
        return None


class System(Who):
    """Nobody but the platform itself: clocks and steps that follow from other steps."""

    system = True

    def __init__(self):
        super().__init__((), None, "系统")

    def __call__(self, record, user):
        return None


SYSTEM = System()


def holders(*roles: str, of: str | Callable | None = None, label: str = "") -> Who:
    """Name a kind of people, e.g. `holders(Role.TOWNSHIP_CLERK, of="owner_id")`."""
    return Who(roles, of, label)
