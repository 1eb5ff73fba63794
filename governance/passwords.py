"""What a password must be (docs/adr/0009): composition, commonness, context, history, expiry.

Two profiles, chosen by PASSWORD_PROFILE: `dengbao` (GB/T 22239, the default) and `asvs`
(OWASP ASVS 5.0, which forbids composition rules and forced rotation).
"""

import re
import secrets
import string
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, get_hasher
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
LONGEST = 128
LEAST_CONTEXT = 3
"""Shorter pieces of a name occur by chance (two for Chinese characters)."""


class LengthValidator:
    """At least `least` characters, and no more than a hash should be asked to chew."""

    def __init__(self, least: int = 12):
        self.least = least

    def validate(self, password, user=None):
        if len(password) < self.least:
            raise ValidationError(f"密码至少 {self.least} 个字符。", code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(f"密码最多 {LONGEST} 个字符。", code="password_too_long")

    def get_help_text(self):
        return f"至少 {self.least} 个字符。"


class CompositionValidator:
    """Three of four: small letters, capitals, digits, other characters."""

    least = 3

    def validate(self, password, user=None):
        if sum(bool(re.search(kind, password)) for kind in KINDS) < self.least:
            raise ValidationError(
                "须包含大写字母、小写字母、数字、其他符号中的三种。", code="password_composition"
            )

    def get_help_text(self):
        return "包含大写字母、小写字母、数字、其他符号中的至少三种。"


class CommonValidator(CommonPasswordValidator):
    """Not on the list of common and breached passwords, also not dressed up by digits and signs."""

    def validate(self, password, user=None):
        lowered = password.lower()
        core = lowered.strip(string.digits + string.punctuation)
        if lowered in self.passwords or (len(core) > 3 and core in self.passwords):
            raise ValidationError(
                "这个密码(或去掉首尾数字符号后)太常见,容易被猜中。", code="password_too_common"
            )
        if len(set(lowered)) < 5:
            raise ValidationError("不同的字符太少,容易被猜中。", code="password_too_common")

    def get_help_text(self):
        return "不用常见密码,也不在常见密码首尾加数字了事。"


class ContextValidator:
    """Not made of what colleagues know: account, name, phone, unit, county, the product's name."""

    def validate(self, password, user=None):
        lowered = password.lower()
        for word in context_of(user):
            if word in lowered:
                raise ValidationError(
                    "不得包含账号、姓名、手机号、单位或县名。", code="password_contextual"
                )

    def get_help_text(self):
        return "不包含账号、姓名、手机号、单位或县名。"


class HistoryValidator:
    """None of the last `last` passwords; keeps their hashes."""

    def __init__(self, last: int = 5):
        self.last = last

    def validate(self, password, user=None):
        if user is None or not user.pk:
            return
        for row in user.password_records.all()[: self.last]:
            if check_password(password, row.password):
                raise ValidationError(
                    f"不得与最近 {self.last} 次用过的密码相同。", code="password_reused"
                )

    def password_changed(self, password, user=None):
        """Keep the new hash; Django calls this after every save of a new password."""
        if user is None or not user.has_usable_password():
            return
        user.password_changed_at = timezone.now()
        type(user).objects.filter(pk=user.pk).update(password_changed_at=user.password_changed_at)
        user.password_records.create(password=user.password)
        kept = user.password_records.values_list("pk", flat=True)[: self.last]
        user.password_records.exclude(pk__in=list(kept)).delete()

    def get_help_text(self):
        return f"与最近 {self.last} 次用过的密码不同。"


def context_of(user) -> set[str]:
    """The words that a password of this account must not contain, in small letters."""
    words = {"xianxiang"}
    if user is None:
        return words
    words |= {user.username, *re.split(r"[._-]", user.username), user.name, user.phone[-6:]}
    words |= {user.phone, user.email.partition("@")[0]}
    units = {post.unit for post in user.posts.select_related("unit__county")} if user.pk else set()
    units |= {unit.county for unit in units if unit.county_id}
    units |= {user.county} if user.county_id else set()
    for unit in units:
        words |= {unit.name, unit.short_name, unit.region_code}
    return {word.lower() for word in words if word and _long_enough(word)}


def _long_enough(word: str) -> bool:
    return len(word) >= (LEAST_CONTEXT if word.isascii() else 2)


def must_change(user) -> bool:
    """Whether the account has to choose a new password before anything else."""
    if user.must_change_password:
        return True
    days = settings.PASSWORD_EXPIRY_DAYS
    if not days or settings.DEMO:
        return False
    since = user.password_changed_at or user.date_joined
    return timezone.now() - since >= timedelta(days=days)


def check(password: str, user) -> None:
    """Refuse a password that the policy refuses (ValidationError with Chinese sentences)."""
    validate_password(password, user)


def initial() -> str:
    """A one-time password that satisfies every profile and reads well over the telephone."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    groups = ["".join(secrets.choice(letters + "23456789") for _ in range(4)) for _ in range(4)]
    ends = secrets.choice(letters.upper()) + secrets.choice("23456789")
    return "-".join([*groups, ends])


def quick_hash(initial_password: str) -> str:
    """The hash of a password from `initial()`, for many accounts at once.

    It is random with some 80 bits, so guessing is hopeless at any number of rounds; Django
    strengthens the hash at the first sign-in.
    """
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(initial_password, hasher.salt(), iterations=20_000)
    return hasher.encode(initial_password, hasher.salt())
