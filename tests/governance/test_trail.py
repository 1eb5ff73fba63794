"""The trail: sealed in order, and every tampering found (GX-呼应-04)."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from governance import trail
from governance.models import Event, Seal, SealHead
from governance.roles import Role
from hucall.models import Rating
from tests.factories import hucall as make
from tests.factories.governance import County
from tests.hucall.scene import do

pytestmark = [pytest.mark.django_db, pytest.mark.rule("GX-呼应-04")]


@pytest.fixture
def sealed(county):
    """A county whose trail has some thirty sealed entries."""
    for _ in range(3):
        make.finished(county)
    trail.seal(make.FILED)
    assert Seal.objects.count() == Event.objects.count() > 20
    return county


def tamper(statement: str, *params) -> None:
    """What somebody with all rights over the database does: guards off, write, guards on."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, params)
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = cursor.fetchall()
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for name, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement, params)
        for _, sql in guards:
            cursor.execute(sql)


def entry(county, seq: int) -> Seal:
    return Seal.objects.select_related("event").get(county=county.row, seq=seq)


def test_entries_are_sealed_in_the_order_in_which_they_were_written(sealed):
    rows = list(Seal.objects.filter(county=sealed.row).order_by("seq").values_list("seq", "event"))
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    assert [event for _, event in rows] == sorted(event for _, event in rows)
    head = SealHead.objects.get(county=sealed.row)
    assert (head.seq, head.hash) == (len(rows), entry(sealed, len(rows)).hash)
    verdict = trail.verify(sealed.row)
    assert (verdict.broken, verdict.entries, verdict.unsealed) == ("", len(rows), 0)
    assert verdict.head == head.hash


def test_sealing_again_seals_only_what_is_new(sealed):
    count = Seal.objects.count()
    assert trail.seal(make.FILED) == 0
    call = make.filed(sealed)
    assert trail.verify(sealed.row).unsealed == 1
    assert trail.seal(make.FILED + timedelta(minutes=1)) == 1
    assert Seal.objects.count() == count + 1
    assert Seal.objects.get(event__matter_id=call.pk, event__step="file").seq == count + 1
    assert trail.verify(sealed.row).broken == ""


def test_after_a_long_while_it_still_finds_what_is_new(sealed):
    """The watermark moves on, and nothing is left behind it."""
    later = Event.objects.latest("id").recorded_at + timedelta(hours=1)
    trail.seal(later)
    assert SealHead.objects.get(county=sealed.row).watermark == Event.objects.latest("id").pk
    make.filed(sealed)
    assert trail.seal(later) == 1


def test_confidential_entries_are_sealed_too(county):
    call = make.finished(county)
    rating = call.ratings.get()
    clerk = county.user(Role.TOWNSHIP_CLERK)
    do(rating, "rate", clerk, level="dissatisfied", reason="没有修好")
    trail.seal(make.FILED)
    secret = Event.objects.of(rating).filter(confidential=True)
    assert secret.count() >= 2
    assert not secret.filter(seal=None).exists()
    tamper("UPDATE governance_event SET facts = '[]' WHERE id = %s", secret.latest("id").pk)
    assert "与封存时不一致" in trail.verify(county.row).broken
    assert Rating.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "summary = 'x'",
        "actor_name = '别人'",
        "at = recorded_at",
        "target = 'archived'",
        "facts = '[]'",
        "unit_id = NULL",
        "clause = 'GX-呼应-99'",
        "matter_id = matter_id + 1",
        "confidential = NOT confidential",
        "post_label = ''",
    ],
)
def test_a_changed_entry_is_found_and_named(sealed, change):
    victim = Event.objects.filter(step="dispatch").order_by("id").first()
    tamper(f"UPDATE governance_event SET {change} WHERE id = %s", victim.pk)
    verdict = trail.verify(sealed.row)
    seq = victim.seal.seq
    assert verdict.broken == f"第{seq}条(留痕编号 {victim.pk})内容与封存时不一致。"
    assert verdict.entries == seq - 1


def test_a_missing_entry_is_found(sealed):
    victim = entry(sealed, 5)
    tamper("DELETE FROM governance_seal WHERE id = %s", victim.pk)
    tamper("DELETE FROM governance_event WHERE id = %s", victim.event_id)
    assert trail.verify(sealed.row).broken == "第5条缺失(下一条为第6条)。"


def test_an_entry_taken_out_and_the_rest_numbered_anew_is_found(sealed):
    victim = entry(sealed, 5)
    tamper("DELETE FROM governance_seal WHERE id = %s", victim.pk)
    for seq in range(6, Seal.objects.count() + 2):
        tamper("UPDATE governance_seal SET seq = %s WHERE seq = %s", seq - 1, seq)
    assert trail.verify(sealed.row).broken.startswith("第5条(留痕编号")


def test_entries_in_another_order_are_found(sealed):
    third, fourth = entry(sealed, 3), entry(sealed, 4)
    tamper("UPDATE governance_seal SET event_id = -1 WHERE id = %s", third.pk)
    tamper("UPDATE governance_seal SET event_id = %s WHERE id = %s", third.event_id, fourth.pk)
    tamper("UPDATE governance_seal SET event_id = %s WHERE id = %s", fourth.event_id, third.pk)
    assert trail.verify(sealed.row).broken.startswith("第3条(留痕编号")


@pytest.mark.parametrize("count", [1, 10])
def test_a_tail_that_was_cut_off_is_found(sealed, count):
    last = Seal.objects.count()
    for seal in Seal.objects.order_by("-seq")[:count]:
        tamper("DELETE FROM governance_seal WHERE id = %s", seal.pk)
        tamper("DELETE FROM governance_event WHERE id = %s", seal.event_id)
    words = f"链头为第{last}条,链中只有{last - count}条:末尾有留痕被删除。"
    assert trail.verify(sealed.row).broken == words


def test_an_entry_smuggled_in_is_reported_as_unsealed_until_it_is_sealed_at_the_end(sealed):
    before = Seal.objects.count()
    model = Event.objects.filter(step="file").first()
    model.pk = None
    model._state.adding = True
    model.save(force_insert=True)
    assert trail.verify(sealed.row).unsealed == 1
    trail.seal(make.FILED)
    assert Seal.objects.get(event=model).seq == before + 1


def test_counties_are_chained_apart(sealed):
    other = County("郊区", "230811", "郊", "jiaoqu-2022")
    make.filed(other)
    trail.seal(make.FILED)
    assert entry(other, 1).event.county == other.row
    tamper("UPDATE governance_event SET summary = 'x' WHERE id = %s", entry(sealed, 1).event_id)
    assert trail.verify(other.row).broken == ""
    assert trail.verify(sealed.row).broken


def test_the_command_names_the_first_broken_entry_and_ends_in_error(sealed, capsys):
    call_command("verify_trail", county="371525")
    assert SealHead.objects.get().hash in capsys.readouterr().out
    tamper("UPDATE governance_event SET summary = 'x' WHERE id = %s", entry(sealed, 7).event_id)
    with pytest.raises((CommandError, SystemExit)) as refusal:
        call_command("verify_trail", county="371525")
    told = capsys.readouterr()
    assert "第7条" in str(refusal.value) + told.out + told.err


def test_a_correct_hash_needs_the_whole_entry(sealed):
    event = entry(sealed, 1).event
    assert trail.digest(event, "") == entry(sealed, 1).hash
    event.internal_to_id = 1
    assert trail.digest(event, "") != entry(sealed, 1).hash
