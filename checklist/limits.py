"""How often somebody without an account may do something: counted per address, kept nowhere else.

Each of the allowed times is a slot in the shared cache that is free again when its time has passed:
taking one is a single atomic `add`, so that parallel requests never get more than there are.
"""

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from governance.net import client_address

HOUR = 3600
DAY = 24 * HOUR


def take(what: str, request, most: int, seconds: int = HOUR) -> bool:
    """Use one of the `most` times that the request's address has within `seconds`.

    Args:
        what: stable name of the act; the address itself is kept as a keyed hash only.

    Returns:
        Whether there was one left.
    """
    who = salted_hmac("checklist.limits", f"{what}|{client_address(request)}").hexdigest()[:32]
    return any(cache.add(f"limit:{what}:{who}:{slot}", 1, seconds) for slot in range(most))


def once(token: str) -> bool:
    """Whether a form with this token comes for the first time (a second click sends it again)."""
    who = salted_hmac("checklist.once", token[:100]).hexdigest()[:32]
    return cache.add(f"once:{who}", 1, DAY)
