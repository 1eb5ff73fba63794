"""The posts a person can hold, and what belongs to each of them (interfaces.md, 岗位)."""

from django.db.models import TextChoices


class Role(TextChoices):
    """A post's role. Rights follow from posts alone, never from the account itself."""

    TOWNSHIP_CLERK = "township_clerk", "乡镇经办"
    TOWNSHIP_LEADER = "township_leader", "乡镇负责人"
    DEPARTMENT_CLERK = "department_clerk", "部门经办"
    DEPARTMENT_LEADER = "department_leader", "部门负责人"
    PLATFORM = "platform", "平台管理员"
    BIANBAN = "bianban", "编办审核"
    SIFA = "sifa", "司法局审查"
    COUNTY = "county", "县委县政府审批"
    CITY_BIANBAN = "city_bianban", "市委编办审核"
    CITY_SIFA = "city_sifa", "市司法局审核"
    ZUZHI = "zuzhi", "组织部门"
    JIWEI = "jiwei", "纪检监察"
    DUCHA = "ducha", "督查"
    KAOHE = "kaohe", "考核办"
    CAIZHENG = "caizheng", "财政"
    MEETING_OFFICE = "meeting_office", "联席会议办公室"
    AGENCY_HEAD = "agency_head", "派驻机构负责人"
    AGENCY_MEMBER = "agency_member", "派驻人员"
    VILLAGE_CLERK = "village_clerk", "村(社区)经办"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
"""三员: each excludes the other two and every business post (GB/T 22239, 三员分立)."""

CITY = frozenset({Role.CITY_BIANBAN, Role.CITY_SIFA})
"""Posts above the counties: of each county they see what has reached their stage (decision 37)."""

OF_A_COUNTY = frozenset(Role) - CITY
"""Posts whose holders live in one county, with its list and its rulebook."""

CLERKS = frozenset(
    {
        Role.TOWNSHIP_CLERK,
        Role.DEPARTMENT_CLERK,
        Role.AGENCY_HEAD,
        Role.AGENCY_MEMBER,
        Role.PLATFORM,
        Role.VILLAGE_CLERK,
    }
)
"""Roles that handle what a unit owes, and are told first."""

LEADERS = frozenset({Role.TOWNSHIP_LEADER, Role.DEPARTMENT_LEADER, Role.AGENCY_HEAD})
"""Roles that are told when a promise of their unit is broken."""

KINDS_OF_UNIT = {
    Role.TOWNSHIP_CLERK: {"township"},
    Role.TOWNSHIP_LEADER: {"township"},
    Role.DEPARTMENT_CLERK: {"department"},
    Role.DEPARTMENT_LEADER: {"department"},
    Role.PLATFORM: {"department", "county"},
    Role.BIANBAN: {"department"},
    Role.SIFA: {"department"},
    Role.COUNTY: {"department", "county"},
    Role.CITY_BIANBAN: {"city", "department"},
    Role.CITY_SIFA: {"city", "department"},
    Role.ZUZHI: {"department"},
    Role.JIWEI: {"department"},
    Role.DUCHA: {"department"},
    Role.KAOHE: {"department"},
    Role.CAIZHENG: {"department"},
    Role.MEETING_OFFICE: {"department"},
    Role.AGENCY_HEAD: {"agency"},
    Role.AGENCY_MEMBER: {"agency"},
    Role.VILLAGE_CLERK: {"village"},
    Role.SYSADMIN: {"county", "department", "city"},
    Role.SECADMIN: {"county", "department", "city"},
    Role.AUDITOR: {"county", "department", "city"},
}
"""Which kinds of unit a role can be held in; a post elsewhere is refused."""
