"""From approved applications to the next edition: merging column by column (GX-清单-25, 27)."""

import hashlib
import json
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from checklist import changing, selectors, services
from checklist.intake.rows import item_key, read_one
from checklist.models.edition import Edition, EditionItem
from checklist.models.flowchart import Flowchart, FlowStep
from checklist.models.item import Item, Revision
from checklist.models.states import Kind
from checklist.planning import Change
from governance import rulebooks

NAMING = frozenset({"category", "name", "code"})
"""Columns by which an item is told from others."""
FLOW_FIELDS = ("unit", "action", "limit", "material")


@dataclass
class Merge:
    """One application against the list as it stands now.

    Attributes:
        old: the wording in force, None for a new item; texts: the wording to come, None when
            the item leaves; clash: why the two cannot be merged, empty where they can.
    """

    application: object
    old: Revision | None
    texts: dict[str, str] | None
    clash: str = ""


def merge(application, edition: Edition | None, known: dict | None = None) -> Merge:
    """Apply one application to an edition, column by column.

    What others have changed since the application was written stays; where both changed the
    same column, nobody but the applicant can say what should stand there.

    Args:
        known: the edition's wordings by item (`wordings`), where several applications are merged.
    """
    if application.kind == Kind.ADD:
        return merged_new(application, edition, known)
    if known is None:
        old = selectors.revision_in(edition, application.item_id)
    else:
        old = known.get(application.item_id)
    if old is None:
        return Merge(application, None, None, "该事项已不在现行清单中")
    if application.kind == Kind.REMOVE:
        return Merge(application, old, None)
    base = application.base.texts() if application.base else old.texts()
    both = [
        name
        for name in application.changes
        if old.texts()[name] != base[name] and old.texts()[name] != application.changes[name]
    ]
    if both:
        return Merge(application, old, None, "申请提出后,同一栏目已被其他调整修改")
    texts, clash = old.texts() | application.changes, ""
    if not NAMING.isdisjoint(application.changes):
        known = wordings(edition) if known is None else known
        clash = taken(application.county, texts, known, old.item_id)
    return Merge(application, old, texts, clash)


def wordings(edition: Edition | None) -> dict[int, Revision]:
    """The wordings of an edition by item, in its order."""
    found = selectors.revisions_of(edition) if edition else ()
    return {one.item_id: one for one in found}


def merged_new(application, edition: Edition | None, known: dict | None = None) -> Merge:
    """A new item must not be one that stands there already."""
    texts = dict.fromkeys(Revision().texts(), "") | application.changes
    known = wordings(edition) if known is None else known
    return Merge(application, None, texts, taken(application.county, texts, known))


def taken(
    county, texts: dict[str, str], known: dict[int, Revision], item: int | None = None
) -> str:
    """Why a wording cannot take its name and code: another item has them.

    Args:
        known: the wordings of the list by item; item: id of the item whose wording it is, None
            for a new one. A code that an item of the past had is free for a new item, which is
            then the same item again.
    """
    key, code = item_key(texts["category"], texts["name"]), texts["code"]
    for other, one in known.items():
        same = item_key(one.category, one.name) == key
        if other != item and (same or (code and code in (one.code, one.item.code))):
            return "现行清单中已有同名(或同编码)事项"
    if item and code and Item.objects.filter(county=county, code=code).exclude(pk=item).exists():
        return "该事项编码曾用于其他事项,不能再用"
    return ""


def clashes(applications, edition: Edition | None) -> list[str]:
    """Why these applications cannot be published together, one sentence each."""
    found, marked = [], {}
    known = wordings(edition) if applications else {}
    names = selectors.directory(applications[0].county) if applications else None
    layout = layout_in(known)
    for application in applications:
        result = merge(application, edition, known)
        problem = result.clash or unreadable(application.county, result, names, layout)
        if problem:
            found.append(f"{application.number}“{application.name}”:{problem}。")
            continue
        marks = identities(result)
        same = next((marked[mark] for mark in marks if mark in marked), None)
        if same:
            found.append(f"{application.number}与{same.number}调整同一事项,请分次公布。")
        marked |= dict.fromkeys(marks, application)
    return found


def identities(result: Merge) -> list[tuple]:
    """By what two changes of one item are known: the item, its code, its category and name."""
    texts = result.texts
    marks = [("item", result.application.item_id)] if result.application.item_id else []
    if texts is not None:
        marks.append(("key", item_key(texts["category"], texts["name"])))
    if texts and texts["code"]:
        marks.append(("code", texts["code"]))
    return marks


def begin(edition, move) -> None:
    """The fields of an edition that is put together from applications."""
    edition.serial = next_serial(edition.county)
    current = selectors.current_edition(edition.county)
    edition.title = move.given.get("title") or (
        current.title if current else services.usual_title(edition.county)
    )
    edition.sample = bool(current and current.sample)


def next_serial(county) -> int:
    """The number after the last edition's."""
    last = Edition.objects.filter(county=county).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def filled(edition, move):
    """Write the members of a new draft, and let each application know its edition."""
    current = selectors.current_edition(edition.county)
    rows = list(current.members.order_by("place", "pk")) if current else []
    members = {row.item_id: (row.revision_id, row.flowchart_id) for row in rows}
    joined = []
    for application in move.given["applications"]:
        result = merge(application, current)
        item = application.item
        if result.texts is None:
            members.pop(item.pk)
        else:
            item, revision = written(edition.county, result)
            chart = flowchart(item, application) or members.get(item.pk, (None, None))[1]
            members[item.pk] = (revision.pk, chart and getattr(chart, "pk", chart))
        joined.append((application, item))
    EditionItem.objects.bulk_create(
        EditionItem(
            edition=edition, item_id=item, revision_id=revision, flowchart_id=chart, place=place
        )
        for place, (item, (revision, chart)) in enumerate(members.items(), start=1)
    )
    for application, item in joined:
        yield application, "join", {"edition": edition, "item": item}


def read(county, result: Merge, names=None, layout: str = ""):
    """The merged wording as an import would read it: (found, faults by field)."""
    layout = result.old.layout if result.old else layout or usual_layout(county)
    return read_one(told(result.texts, layout), layout, names or selectors.directory(county))


def unreadable(county, result: Merge, names=None, layout: str = "") -> str:
    """Why the merged wording cannot stand in a list: a unit that no longer exists, say.

    Args:
        names, layout: the county's directory and usual layout, where several are judged.
    """
    if result.texts is None:
        return ""
    _, faults = read(county, result, names, layout)
    return ";".join(words for each in faults.values() for words in each)


def written(county, result: Merge) -> tuple[Item, Revision]:
    """The item and the wording to come; one that the item had before is taken up again."""
    found, _ = read(county, result)
    return services.write_change(county, Change(found, result.texts, result.old))


def told(texts: dict[str, str], layout: str) -> dict[str, str]:
    """The columns that a layout has, or that say something."""
    columns = {"A": set(), "B": {"lead", "joint"}, "D": {"lead"}}[layout]
    apart = {"lead", "joint"} - columns
    return {name: text for name, text in texts.items() if text or name not in apart}


def layout_in(known: dict[int, Revision]) -> str:
    """The layout of a list by its first wording; empty where there is none."""
    return next((one.layout for one in known.values()), "")


def usual_layout(county) -> str:
    """The layout of the county's list."""
    current = selectors.current_edition(county)
    first = current and current.members.select_related("revision").order_by("place").first()
    if first:
        return first.revision.layout
    book = rulebooks.latest(county)
    return "B" if book and "lead" in book.value("checklist.columns") else "A"


def flowchart(item: Item, application) -> Flowchart | None:
    """The run flow that an application brings, or None where it leaves it as it is."""
    if not application.flow:
        return None
    rows, digest = drawn(application)
    had = Flowchart.objects.filter(item=item, digest=digest).first()
    if had:
        return had
    chart = Flowchart.objects.create(item=item, digest=digest)
    FlowStep.objects.bulk_create(
        FlowStep(flowchart=chart, place=place, **row) for place, row in enumerate(rows, start=1)
    )
    return chart


def drawn(application) -> tuple[list[dict[str, str]], str]:
    """The rows of an application's run flow, and their fingerprint."""
    rows = [{name: row.get(name, "") for name in FLOW_FIELDS} for row in application.flow]
    return rows, hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


# Conditions of publication ------------------------------------------------------------


def ready(edition, at) -> bool:
    """Whether every application has passed all stages before its publication."""
    return not unready(edition)


def unready(edition) -> list[str]:
    """The applications that still lack a stage (备案, say)."""
    return [one.number for one in edition.applications.order_by("id") if not at_publication(one)]


def at_publication(application) -> bool:
    """Whether nothing but publication is left of what must come before it."""
    chain = application.chain()
    publication = next((row["order"] for row in chain if row["stage"] == "publish"), None)
    before = [row["stage"] for row in chain if publication is None or row["order"] < publication]
    done = application.current().filter(name__in=before, state="agreed").count()
    return application.state == application.State.APPROVED and done == len(before)


def unready_words(edition, at) -> str:
    """Which applications are not through."""
    return f"{'、'.join(unready(edition))}尚有环节未办结(如备案),不得公布。"


def flows_updated(edition, at) -> bool:
    """Whether every affected run flow has been brought up to date (GX-清单-27)."""
    return not flows_missing(edition)


def flows_missing(edition) -> list[str]:
    """The items whose run flow should have changed and has not."""
    rows = edition.applications.order_by("id").select_related("rulebook")
    current = selectors.current_edition(edition.county)
    then = current.members.exclude(flowchart=None) if current else EditionItem.objects.none()
    charts = dict(then.values_list("item", "flowchart__digest"))
    return [
        one.name
        for one in rows
        if changing.needs_flow(one) and (not one.flow or drawn(one)[1] == charts.get(one.item_id))
    ]


def flows_words(edition, at) -> str:
    """Which flows are missing."""
    names = "、".join(f"“{name}”" for name in flows_missing(edition)[:5])
    return f"{names}的运行流程尚未同步更新,不得公布。"


def unaltered(edition, at) -> bool:
    """Whether the draft holds what the applications say and nothing else (GX-清单-29)."""
    current = selectors.current_edition(edition.county)
    if current is None:
        return True
    then = dict(current.members.values_list("item", "revision"))
    now = dict(edition.members.values_list("item", "revision"))
    differing = {item for item in then.keys() | now.keys() if then.get(item) != now.get(item)}
    return differing <= set(edition.applications.values_list("item", flat=True))


def published(edition, move):
    """The publication closes the last stage of every application and puts it in force."""
    told_number = {"document_number": edition.document_number, "opinion": "随清单新版本公布"}
    for application in edition.applications.order_by("id"):
        for stage in application.current().filter(name="publish", state="open"):
            yield stage, "close", told_number
        yield application, "take_effect", {"in_force_on": edition.in_force_from}
    for member in edition.members.filter(item__applications__edition=edition).select_related(
        "item", "revision"
    ):
        services.recode(member.item, member.revision.texts())


def superseding(edition, move):
    """The edition in force makes room for its successor."""
    current = selectors.current_edition(edition.county)
    if current is not None:
        yield current, "supersede", {"until": edition.in_force_from or in_force_from(move)}


def in_force_from(move):
    """The day on which the new edition takes effect."""
    return move.given.get("in_force_from") or timezone.localdate(move.at)


def released(edition, move):
    """A draft that is given up lets its applications go."""
    for application in edition.applications.order_by("id"):
        yield application, "leave", {}
