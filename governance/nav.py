"""Entries of the side navigation: data that each app puts on its AppConfig (`nav = [...]`)."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class NavEntry:
    """One line of the side navigation.

    label: Chinese words; url_name: name for reverse() (an unknown one is left out); icon: file in
    static/icons; roles: role codes that see it (empty: everybody signed in); order: position, by
    custom 10 workbench, 20–79 the matters, 80–99 what stands below the line; count: of the request,
    a number to show or None; divider: a line above it; args: for reverse(); covers: url names of
    further lists under whose addresses this entry is the current one too.
    """

    label: str
    url_name: str
    icon: str = "list"
    roles: frozenset[str] | tuple[str, ...] = ()
    order: int = 50
    count: Callable | None = None
    divider: bool = False
    args: tuple = ()
    covers: tuple[str, ...] = ()
