"""Who may import whom (pyproject.toml, [tool.importlinter]), and that governance names no app."""

import ast
import os
import subprocess
import sys
import tomllib

from tests.architecture.source import APPS, PACKAGES, ROOT, modules, tree, where

# Settings and addresses name apps as strings; nothing else below the apps does.
MAY_NAME_APPS = {"governance/settings.py", "governance/urls.py", "governance/api/urls.py"}


def test_imports_go_down_only():
    """All contracts of import-linter hold."""
    tool = os.path.join(os.path.dirname(sys.executable), "lint-imports")
    done = subprocess.run(
        [tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_every_app_is_under_contract():
    """A new app cannot stay outside the rules by being forgotten."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(config["tool"]["importlinter"]["root_packages"])
    standing = {name for name in PACKAGES if (ROOT / name / "__init__.py").exists()}
    assert listed == standing


def test_governance_names_no_app():
    """No import, no string and no name in governance is an app's (docstrings aside)."""
    named = []
    for path in modules():
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith("governance/") or place in MAY_NAME_APPS:
            continue
        for node in ast.walk(tree(path)):
            text = _text(node)
            if any(text == app or text.startswith((f"{app}.", f"{app}/")) for app in APPS):
                named.append(f"{where(path, node)} {text}")
    assert not named, "\n".join(named)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
