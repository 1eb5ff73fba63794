"""A matter's state changes through perform() alone: the source shows no second way in."""

import ast

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import calls, modules, namespace, receiver, tree, where

# The door itself, and the record whose fields the steps are methods of.
DOOR = {"perform.py"}
BULK_WRITES = {"update", "create", "get_or_create", "update_or_create", "aupdate", "acreate"}


def found(predicate) -> list[str]:
    return [
        f"{where(path, node)} {name}()"
        for path in modules()
        if path.name not in DOOR
        for node, name in calls(path)
        if predicate(path, node, name)
    ]


def writes_state(path, node, name) -> bool:
    """Whether a call writes a column called `state`, by keyword or in a literal beside it."""
    if name in BULK_WRITES and any(word.arg == "state" for word in node.keywords):
        return True
    return name in {"bulk_update", *BULK_WRITES} and "'state'" in ast.unparse(node)


def of_no_matter(path, node) -> bool:
    """Whether the chain begins with a model that is no matter, whose state is its own affair."""
    model = namespace(path).get(receiver(node))
    return isinstance(model, type) and issubclass(model, models.Model) and model not in matters()


def test_no_state_is_written_past_the_door():
    """No update(state=…), create(state=…) or bulk_update of a matter's state anywhere."""
    offenders = found(
        lambda path, node, name: writes_state(path, node, name) and not of_no_matter(path, node)
    )
    assert not offenders, "\n".join(offenders)


def test_no_state_is_assigned():
    """`record.state = …` stands nowhere (the field is protected, yet a setattr is not)."""
    offenders = []
    for path in modules():
        for node in ast.walk(tree(path)):
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and any(
                isinstance(target, ast.Attribute) and target.attr == "state" for target in targets
            ):
                offenders.append(where(path, node))
        for node, name in calls(path):
            if name == "setattr" and "'state'" in ast.unparse(node):
                offenders.append(where(path, node))
    assert not offenders, "\n".join(offenders)


def test_no_step_is_called_directly():
    """A transition method is called by the door alone: a direct call asks nobody's permission."""
    steps = {name for model in matters() for name in transitions(model)}
    offenders = []
    for path in modules():
        if path.name in DOOR:
            continue
        for node, name in calls(path):
            holder = getattr(getattr(node.func, "value", None), "id", "")
            records = RECORD_NAMES | ({"self"} if path.parent.name == "models" else set())
            if name in steps and holder in records | names_of_matters():
                offenders.append(f"{where(path, node)} {holder}.{name}()")
    assert not offenders, "\n".join(offenders)


def test_no_record_is_refreshed():
    """refresh_from_db can leave a protected state field open for the whole process (ADR 0002)."""
    offenders = found(lambda path, node, name: name == "refresh_from_db")
    assert not offenders, "\n".join(offenders)


def test_every_state_field_is_protected():
    """Every matter's state is an FSMField that refuses assignment."""
    from django_fsm import FSMFieldMixin

    if not matters():
        pytest.fail("no matter is registered: this test would prove nothing")
    for model in matters():
        field = model._meta.get_field("state")
        assert isinstance(field, FSMFieldMixin) and field.protected, model


def test_no_deadline_lives_in_the_broker():
    """No task is sent with eta or countdown: deadlines are rows."""
    offenders = found(
        lambda path, node, name: (
            name in {"apply_async", "send_task", "retry"}
            and any(word.arg in {"eta", "countdown"} for word in node.keywords)
        )
    )
    assert not offenders, "\n".join(offenders)


def test_no_query_is_built_from_a_request():
    """filter(**request.GET) and its like let a stranger choose the lookup."""
    names = {"filter", "exclude", "get", "annotate", "order_by", "extra", "alias"}
    offenders = found(
        lambda path, node, name: (
            name in names
            and any(
                word.arg is None and "request" in ast.unparse(word.value) for word in node.keywords
            )
        )
    )
    assert not offenders, "\n".join(offenders)


RECORD_NAMES = {"matter", "record", "fresh", "obj", "instance", "row"}


def matters() -> list[type[models.Model]]:
    """Every concrete record with number, state and trail."""
    from governance.models import Matter

    return [model for model in apps.get_models() if issubclass(model, Matter)]


def names_of_matters() -> set[str]:
    return {model.__name__.lower() for model in matters()}


def transitions(model) -> set[str]:
    """The names of the record's transition methods."""
    return {name for name, value in vars(model).items() if hasattr(value, "_django_fsm")}
