"""User 用户 and Post 岗位: who a person is, and in which units the person acts as what."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from governance import plain
from governance.roles import ADMINISTRATORS, KINDS_OF_UNIT, Role

from .unit import Unit

USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{1,59}\Z",
    "账号只用小写字母、数字和 . _ - ,2 至 60 个字符,以字母或数字开头。",
)


class UserManager(BaseUserManager):
    """Accounts are made with a password or without a usable one."""

    def create_user(self, username: str, password: str | None = None, **fields):
        """Make an account; usernames are plain ASCII, so that no look-alike can exist."""
        user = self.model(username=username.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


class User(AbstractBaseUser):
    """An account. It carries no rights: those come from the posts it holds.

    `kind` machine: an integration, which has no password and signs in by token alone. `county`:
    whose administrators keep the account (none: the city's), also while it holds no post.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "人员"
        MACHINE = "machine", "接口"

    username = models.CharField("账号", max_length=60, unique=True, validators=[USERNAME])
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机", max_length=40, blank=True)
    email = models.EmailField("电子信箱", blank=True)
    kind = models.CharField("类别", max_length=8, choices=Kind, default=Kind.PERSON)
    county = models.ForeignKey(
        "governance.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="管理归属",
    )
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改初始密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    session_stamp = models.PositiveIntegerField("会话戳", default=0, editable=False)
    date_joined = models.DateTimeField("创建时间", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["username"]

    def __str__(self):
        return self.name or self.username

    def posts_held(self) -> list["Post"]:
        """The posts in force today, with their units; read once per request."""
        if not hasattr(self, "_posts_held"):
            self._posts_held = posts_of(self)
        return self._posts_held

    def holds(self, *roles: str) -> bool:
        """Whether any post in force has one of `roles`."""
        return any(post.role in roles for post in self.posts_held())

    @property
    def is_staff(self) -> bool:
        """The registry (Django admin) is open to the three administrators only."""
        return self.is_active and self.holds(*ADMINISTRATORS)

    def has_perm(self, perm, obj=None) -> bool:
        """No model permissions exist: each registry names the posts that keep it."""
        return False

    def has_module_perms(self, app_label) -> bool:
        """See `has_perm`."""
        return self.is_staff

    def _get_session_auth_hash(self, secret=None) -> str:
        """Sessions die with the password, and when a post is taken away (session_stamp)."""
        return salted_hmac(
            "governance.User.session",
            f"{self.password}|{self.session_stamp}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def end_sessions(self) -> None:
        """Every session of this account is refused from its next request on."""
        type(self).objects.filter(pk=self.pk).update(session_stamp=models.F("session_stamp") + 1)
        self.session_stamp += 1


class PostQuerySet(models.QuerySet):
    """Reads of posts."""

    def in_force(self, day=None):
        """Posts valid on `day` (today): active, begun, and not yet ended."""
        day = day or timezone.localdate()
        return self.filter(
            models.Q(until=None) | models.Q(until__gte=day),
            active=True,
            since__lte=day,
            unit__active=True,
        )

    def units_with(self, county_id: int, *roles: str) -> list[int]:
        """Ids of a county's units in which somebody holds one of the roles today, in their order:
        who has left, whose post has ended or whose account is closed does not count.
        """
        statement = STAFFED.format(in_force=IN_FORCE, roles=plain.marks(roles))
        return [pk for (pk,) in plain.select(statement, [county_id, *roles, *in_force_today()])]


class Post(models.Model):
    """A role held in a unit, for a time: a stand-in's post simply has an end."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name="用户")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="posts", verbose_name="单位"
    )
    role = models.CharField("岗位", max_length=20, choices=Role)
    active = models.BooleanField("在岗", default=True)
    since = models.DateField("自", default=timezone.localdate)
    until = models.DateField("至", null=True, blank=True, help_text="代理岗位填写截止日")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                condition=models.Q(active=True),
                name="post_held_once",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(active=True, role__in=sorted(ADMINISTRATORS)),
                name="post_one_administrator",
                violation_error_message="系统、安全、审计三员互斥,一人只能担任其中之一。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="post_unit_role")]

    def __str__(self):
        return f"{self.unit} {self.get_role_display()}"

    @property
    def county_id(self) -> int | None:
        """The county in which this post acts; none for a city's post."""
        return self.unit.county_id

    def clean(self):
        """Refuse roles that do not exist in such a unit, and administrators with business."""
        if self.unit_id and self.role and self.unit.kind not in KINDS_OF_UNIT[self.role]:
            kind = self.unit.get_kind_display()
            raise ValidationError(
                {"role": f"“{self.get_role_display()}”不能设在{kind}“{self.unit}”。"}
            )
        if not (self.user_id and self.active):
            return
        others = set(
            Post.objects.filter(user=self.user_id, active=True)
            .exclude(pk=self.pk)
            .values_list("role", flat=True)
        )
        administrators = others & ADMINISTRATORS
        if (self.role in ADMINISTRATORS and others) or administrators:
            raise ValidationError(
                {"role": "系统、安全、审计管理员互斥,也不得兼任业务岗位(三员分立)。"}
            )


IN_FORCE = "p.active AND u.active AND p.since <= %s AND (p.until IS NULL OR p.until >= %s)"
"""`PostQuerySet.in_force` today, by hand: of a post p in a unit u, asked with every request."""

HELD = """SELECT {posts}, {units}, {counties} FROM governance_post p
    JOIN governance_unit u ON u.id = p.unit_id LEFT JOIN governance_unit c ON c.id = u.county_id
    WHERE p.user_id = %s AND {in_force} ORDER BY p.id"""

STAFFED = """SELECT DISTINCT u.id FROM governance_post p JOIN governance_unit u ON u.id = p.unit_id
    JOIN governance_user m ON m.id = p.user_id
    WHERE u.county_id = %s AND p.role IN ({roles}) AND m.is_active AND {in_force} ORDER BY u.id"""


def in_force_today() -> list[str]:
    """What IN_FORCE asks for."""
    return [timezone.localdate().isoformat()] * 2


def posts_of(user: User) -> list[Post]:
    """The posts that a user holds today, each with its unit and the unit's county."""
    statement = HELD.format(
        posts=plain.columns(Post, "p"),
        units=plain.columns(Unit, "u"),
        counties=plain.columns(Unit, "c"),
        in_force=IN_FORCE,
    )
    ends = plain.width(Post), plain.width(Post) + plain.width(Unit)
    found = []
    for row in plain.select(statement, [user.pk, *in_force_today()]):
        post = plain.made(Post, row[: ends[0]])
        post.user, post.unit = user, plain.made(Unit, row[ends[0] : ends[1]])
        if post.unit.county_id:
            post.unit.county = plain.made(Unit, row[ends[1] :])
        found.append(post)
    return found
