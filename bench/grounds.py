"""A fresh database for one benchmark, on the server that the environment names."""

from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections


@contextmanager
def database(name: str):
    """Make a database with the platform's tables, use it, and drop it again."""
    settings = connections["default"].settings_dict
    home, own = settings["NAME"], f"bench_{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{own}"')
        cursor.execute(f'CREATE DATABASE "{own}"')
    use(settings, own)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        use(settings, home)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{own}"')


def use(settings: dict, name: str) -> None:
    """Let this process's connection go to another database."""
    connection.close()
    settings["NAME"] = name


def county():
    """A county with people to be told, made as the tests make theirs."""
    from governance.roles import Role
    from tests.factories.governance import County, load_calendar

    load_calendar()
    made = County()
    for role in (
        *(Role.PLATFORM, Role.DUCHA, Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER),
        *(Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER),
    ):
        made.user(role)
    return made


def url() -> str:
    """The address of the database in use, for other processes."""
    settings = connections["default"].settings_dict
    place = f"{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{place}"
