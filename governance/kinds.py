"""The kinds of matter that are installed, found through Django's registry: the core names none.

A kind may offer `glance(self, user)`: rows (as ui/kv.html) above the form of its steps. What an
app puts on the workbench is its module `workbench` (governance.todo.desks).
"""

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey

from governance.models import Matter
from governance.roles import ADMINISTRATORS


@cache
def kinds() -> tuple[type[Matter], ...]:
    """Every installed kind of matter, app by app in the order of the settings."""
    return tuple(model for model in apps.get_models() if issubclass(model, Matter))


def kind_of(type_id: int) -> type[Matter] | None:
    """The kind behind a content type's id; None for anything that is no matter."""
    return next((model for model in kinds() if model.type().pk == type_id), None)


def kind_named(label: str) -> type[Matter] | None:
    """The kind behind "app.Model" or "Model", whatever the case."""
    wanted = label.lower()
    return next(
        (m for m in kinds() if wanted in (m._meta.label_lower, m._meta.model_name)),
        None,
    )


def visible(model: type[Matter], user):
    """The rows of a kind that `user` may see, with what every page shows of them."""
    names = ["county", "owner", "rulebook"]
    rows = model.objects.visible_to(user)
    if not model.root_field:
        return rows.select_related(*names)
    if isinstance(model._meta.get_field(model.root_field), GenericForeignKey):
        return rows.select_related(*names).prefetch_related(model.root_field)
    return rows.select_related(*names, model.root_field)


def find(type_id: int, pk: int, user) -> Matter | None:
    """One matter by its place in the ledgers; None when it does not exist for `user`."""
    model = kind_of(type_id)
    return visible(model, user).filter(pk=pk).first() if model else None


def find_many(places: Iterable[tuple[int, int]], user) -> dict[tuple[int, int], Matter]:
    """Visible matters by (content type id, pk) with their owners, for lines of a list: one query
    per kind, whatever their number.
    """
    wanted: dict[int, set[int]] = {}
    for type_id, pk in places:
        wanted.setdefault(type_id, set()).add(pk)
    found = {}
    for type_id, pks in wanted.items():
        model = kind_of(type_id)
        if model:
            rows = model.objects.visible_to(user).filter(pk__in=pks).order_by()
            for matter in rows.select_related("owner").defer("terms"):
                found[(type_id, matter.pk)] = matter
    return found


def address(matter: Matter) -> str:
    """The page of a matter, or of the file it is part of."""
    home = matter if hasattr(matter, "get_absolute_url") else matter.root()
    return home.get_absolute_url()


def state_label(matter: Matter) -> str:
    """The state in the words that people read."""
    return matter.get_state_display()


def business_posts(user) -> list:
    """The posts in which a person handles matters; none for the three administrators."""
    return [post for post in user.posts_held() if post.role not in ADMINISTRATORS]
