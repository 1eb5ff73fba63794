"""What keeps a module readable, and the layers inside an app apart."""

import ast

from tests.architecture.source import ROOT, calls, modules, proofs, tree, where

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
OUTSIDE = {"delay", "apply_async", "send_mail", "urlopen", "open"}
# localdate(moment) converts; without an argument it asks what day it is.
WALL_CLOCK = {"timezone.now", "timezone.localdate", "datetime.now", "date.today"}


def test_modules_are_short():
    """Past 400 lines a module is two things under one name; of a test, nobody finds the second."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in (*modules(), *proofs())
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert not long


def test_functions_are_short():
    """Past 60 lines a function wants another name."""
    long = [
        f"{where(path, node)} {node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_models_do_no_io():
    """Records assign fields and make their children: no mail, no task, no clock on the wall."""
    offenders = [
        f"{where(path, node)} {ast.unparse(node.func)}"
        for path in modules()
        if path.parent.name == "models" and path.parts[-3] != "governance"
        for node, name in calls(path)
        if name in OUTSIDE or (ast.unparse(node.func) in WALL_CLOCK and not node.args)
    ]
    assert not offenders, "\n".join(offenders)


def test_every_module_says_what_it_is_for():
    """A module without a docstring makes its reader guess."""
    silent = [
        str(path)
        for path in modules()
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert not silent
