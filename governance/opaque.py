"""Row numbers that count confidential rows are shown in another form.

Notices and clocks of all people come from one sequence each. Who saw the plain numbers could count
what lies between them: a 不满意 that rang at the platform, a callback that was opened (decision
11). So addresses carry a keyed permutation of the number (four Feistel rounds over HMAC), which
tells nothing of its neighbours. It hides an order, it protects nothing: rights are checked as ever.
"""

from django.utils.crypto import salted_hmac

ROUNDS = 4
HALF = 32
MASK = 2**HALF - 1


def _mixed(half: int, turn: int) -> int:
    """The round function."""
    digest = salted_hmac(f"governance.opaque.{turn}", str(half), algorithm="sha256").digest()
    return int.from_bytes(digest[:4], "big")


def hide(number: int) -> str:
    """The form of a row number that may be shown: 16 hexadecimal digits."""
    left, right = number >> HALF, number & MASK
    for turn in range(ROUNDS):
        left, right = right, left ^ _mixed(right, turn)
    return f"{left:08x}{right:08x}"


def reveal(text: str) -> int:
    """The row number behind a shown form; any 16 hexadecimal digits stand for some number."""
    left, right = int(text[:8], 16), int(text[8:], 16)
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(left, turn), left
    return left << HALF | right


class Converter:
    """`<opaque:pk>` in an address."""

    regex = "[0-9a-f]{16}"

    def to_python(self, value: str) -> int:
        number = reveal(value)
        if number >= 2**63:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        return hide(value)
