"""What the frame around every page needs: navigation, county, posts, unread notices."""

from functools import lru_cache

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from governance import rulebooks
from governance.models import Rulebook

PRODUCT = "县乡治理协同平台"

# Pages of the frame itself, by the names they may have; what does not exist is not shown.
FRAME_URLS = {
    "home": ("workbench", "home"),
    "logout": ("logout",),
    "login": ("login",),
    "password": ("password_change",),
    "notices": ("notices", "notice_list"),
    "search": ("search",),
    "account": ("account",),
}


def safe_reverse(name: str, *args) -> str | None:
    """The address of a page, or None while no such page exists."""
    return _reversed(name, args, get_script_prefix(), settings.ROOT_URLCONF)


@lru_cache(maxsize=512)
def _reversed(name: str, args: tuple, prefix: str, urlconf: str) -> str | None:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def frame_urls() -> dict[str, str | None]:
    """Addresses the frame links to; None for those that this deployment lacks."""
    return {
        key: next(filter(None, map(safe_reverse, names)), None) for key, names in FRAME_URLS.items()
    }


def held_posts(user) -> list:
    """The active posts of a user; none for a visitor."""
    if not getattr(user, "is_authenticated", False) or not hasattr(user, "posts_held"):
        return []
    return list(user.posts_held())


def nav_entries() -> list:
    """Every entry that an installed app registers, in order; governance names no app."""
    entries = [entry for config in apps.get_app_configs() for entry in getattr(config, "nav", ())]
    return sorted(entries, key=lambda entry: entry.order)


def build_nav(request, roles: set[str]) -> list[dict]:
    """The navigation of this user: allowed entries whose page exists, one of them active."""
    lines, here = [], []
    for entry in nav_entries():
        url = safe_reverse(entry.url_name, *entry.args)
        if url is None or (entry.roles and not roles & set(entry.roles)):
            continue
        count = entry.count(request) if entry.count else None
        lines.append(
            {
                "label": entry.label,
                "url": url,
                "icon": entry.icon,
                "count": count,
                "divider": entry.divider and bool(lines),
                "active": False,
            }
        )
        places = [url, *filter(None, map(safe_reverse, entry.covers))]
        here += [(len(one), one == url, lines[-1]) for one in places if _covers(one, request.path)]
    if here:  # the longest address; of two equal ones the entry whose own page it is
        max(here, key=lambda one: one[:2])[2]["active"] = True
    return lines


def _covers(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def county_of(posts: list) -> str:
    """The name of the county (or city) of the first post."""
    for post in posts:
        county = post.unit.county or post.unit
        return county.short_name or county.name
    return ""


def book_of_reader(request) -> Rulebook | None:
    """The rulebook in force in the county of the reader's first post that lies in one, asked for
    once per request; None for visitors, the city's people and counties without a rulebook.
    """
    if request is None:
        return None
    if not hasattr(request, "_book_of_reader"):
        posts = held_posts(getattr(request, "user", None))
        county = next((post.unit.county for post in posts if post.unit.county_id), None)
        try:
            book = rulebooks.valid(county, timezone.localdate()) if county else None
        except Rulebook.DoesNotExist:
            book = None
        request._book_of_reader = book
    return request._book_of_reader


UNREAD = "SELECT count(*) FROM governance_notice WHERE recipient_id = %s AND read_at IS NULL"


def unread_notices(user) -> int:
    """Number of unread notices of a user; 0 for a visitor."""
    if not getattr(user, "is_authenticated", False):
        return 0
    with connection.cursor() as cursor:  # on every page: by hand, at a quarter of the cost
        cursor.execute(UNREAD, [user.pk])
        return cursor.fetchone()[0]


def _shell(request) -> dict:
    user = getattr(request, "user", None)
    posts = held_posts(user)
    return {
        "product": PRODUCT,
        "demo": settings.DEMO,
        "county": county_of(posts),
        "posts": posts,
        "nav": build_nav(request, {post.role for post in posts}),
        "unread": unread_notices(user),
        "urls": frame_urls(),
    }


def shell(request) -> dict:
    """Context processor: one lazy `shell`, so that fragments and the API cost no query."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}
