"""Addresses that stand on a page by the hundred: each pattern is looked up once per process."""

from functools import cache

from django.urls import get_script_prefix, reverse

PLACE = 918273645
"""Stands in for the number of a record while its pattern is looked up."""


@cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[PLACE]).partition(str(PLACE))
    return before, after


@cache
def _plain(name: str, prefix: str) -> str:
    return reverse(name)


def of_page(name: str) -> str:
    """The address of a page without arguments."""
    return _plain(name, get_script_prefix())


def of_record(name: str, pk: int) -> str:
    """The address of a page whose one argument is the number of a record."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{pk:d}{after}"
