"""Posts that take part in changes of the list (no models here: the navigation needs them early)."""

from governance.roles import Role

APPLICANTS = (
    *(Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER),
    *(Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER),
)
"""Who applies for a change of the list: departments and townships (GX-清单-22)."""

WATCHERS = frozenset({Role.BIANBAN, Role.SIFA, Role.COUNTY})

CAUSE_READERS = WATCHERS | frozenset(APPLICANTS) | {Role.JIWEI}
"""Who meets causes: those who must apply, those who watch that they do, and who takes referrals."""

CHANGERS = (
    WATCHERS | frozenset(APPLICANTS) | {Role.MEETING_OFFICE, Role.CITY_BIANBAN, Role.CITY_SIFA}
)
"""Who takes part in changes of the list: applicants, receivers, reviewers."""
