"""Calls brought into any state through the door, by the people whose steps these are."""

from governance.perform import perform
from governance.roles import Role
from hucall.models import Call
from tests.factories.governance import County, moment

FILED = moment("2026-11-10 09:00")  # a Tuesday

CONTENT = {
    "kind": "complex",
    "title": "集市东口道路塌陷",
    "text": "主街北段路面塌陷约三平方米,已设警示。",
    "place": "主街北段",
    "self_check": True,
    "self_check_reason": "本乡镇没有市政抢修力量",
}


def new_call(county: County, **fields) -> Call:
    """An unsaved call of 清泉街道 (or `owner`)."""
    owner = fields.pop("owner", None) or county.unit("清泉街道")
    return Call(county=county.row, owner=owner, **fields)


def filed(county: County, at=FILED, by=None, owner=None, **facts) -> Call:
    """A call that lies before the platform (or the leader, or the departments: by its facts)."""
    call = new_call(county, owner=owner)
    by = by or county.user(Role.TOWNSHIP_CLERK, call.owner)
    return perform(call, "file", actor=by, at=at, facts=CONTENT | facts)


def urgent(county: County, *units: str, at=FILED, **facts) -> Call:
    """An urgent call that went straight to some units."""
    chosen = [county.unit(name).pk for name in units or ("县公安局",)]
    return filed(county, at=at, kind="urgent", units=chosen, **facts)


def dispatched(county: County, lead="县公安局", assist=(), copy=(), at=FILED, call=None, **facts):
    """A call under way: `lead` leads, `assist` assist, `copy` are informed."""
    call = call or filed(county, at=at)
    given = {"difficulty": "general", "units": []}
    for duty, names in (("lead", [lead]), ("assist", assist), ("copy", copy)):
        for name in names:
            unit = county.unit(name)
            given["units"].append(unit.pk)
            given[f"duty_{unit.pk}"] = duty
            given[f"task_{unit.pk}"] = f"{name}的任务"
    platform = county.user(Role.PLATFORM)
    return perform(call, "dispatch", actor=platform, at=at, facts=given | facts)


def part(call: Call, county: County, unit="县公安局"):
    """The part of `unit` that is under way, or the last one."""
    return call.responses.filter(unit=county.unit(unit)).order_by("-id").first()


def working(county: County, unit="县公安局", at=FILED, **kwargs):
    """A part that has signed in."""
    call = dispatched(county, lead=unit, at=at, **kwargs)
    return sign_in(county, part(call, county, unit), at)


def sign_in(county: County, response, at=FILED):
    """Sign a part in by the clerk of its unit."""
    role = Role.AGENCY_HEAD if response.unit.kind == "agency" else Role.DEPARTMENT_CLERK
    return perform(response, "sign_in", actor=county.user(role, response.unit), at=at)


def finish(county: County, response, at=FILED, result="已修复路面并恢复通行"):
    """Finish a part by the clerk of its unit."""
    clerk = county.user(Role.DEPARTMENT_CLERK, response.unit)
    return perform(response, "finish", actor=clerk, at=at, facts={"result": result})


def finished(county: County, at=FILED, **kwargs) -> Call:
    """A finished call with one part."""
    response = finish(county, working(county, at=at, **kwargs), at)
    return Call.objects.get(pk=response.call_id)
