"""What is read by statements written by hand is what the ORM would have read."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from governance import notices
from governance.models import Post, User
from governance.roles import Role
from governance.sessions import SessionStore
from tests.factories.governance import County

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return County()


@pytest.fixture
def held(county):
    """Somebody with posts in force, ended, to come, given up, and in a unit that is closed."""
    user, today = county.user(Role.TOWNSHIP_CLERK), timezone.localdate()
    bureau, closed = county.unit("县公安局"), county.unit("县城市管理局")
    day = timedelta(days=1)
    for role, unit, more in (
        (Role.DEPARTMENT_LEADER, bureau, {"until": today}),
        (Role.DEPARTMENT_CLERK, bureau, {"until": today - day}),
        (Role.PLATFORM, bureau, {"since": today + day}),
        (Role.DUCHA, bureau, {"active": False}),
        (Role.DEPARTMENT_CLERK, closed, {}),
    ):
        Post.objects.create(user=user, unit=unit, role=role, **more)
    type(closed).objects.filter(pk=closed.pk).update(active=False)
    return user


def test_posts_held_are_those_in_force(held, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = held.posts_held()
        told = [(post.pk, post.unit.name, post.unit.county.name, str(post.user)) for post in found]
    wanted = Post.objects.in_force().filter(user=held).order_by("pk")
    assert told == [
        (post.pk, post.unit.name, post.unit.county.name, str(post.user)) for post in wanted
    ]
    for post, known in zip(found, wanted, strict=True):
        for field in Post._meta.concrete_fields:
            assert getattr(post, field.attname) == getattr(known, field.attname)
        for field in post.unit._meta.concrete_fields:
            assert getattr(post.unit, field.attname) == getattr(known.unit, field.attname)


def test_people_told_are_those_in_force(held, county):
    bureau, roles = county.unit("县公安局").pk, frozenset(Role)
    assert notices.recipients([(bureau, roles)]) == {(bureau, roles): [held]}
    (user,) = notices.recipients([(bureau, roles)])[bureau, roles]
    known = User.objects.get(pk=held.pk)
    for field in User._meta.concrete_fields:
        assert getattr(user, field.attname) == getattr(known, field.attname)
    User.objects.filter(pk=held.pk).update(is_active=False)
    assert notices.recipients([(bureau, roles)]) == {(bureau, roles): []}


def test_a_session_is_read_until_it_expires():
    kept = SessionStore()
    kept["word"] = "集市"
    kept.create()
    assert SessionStore(kept.session_key)["word"] == "集市"
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    gone = SessionStore(kept.session_key)
    assert "word" not in gone
    assert gone.session_key is None
