"""A state machine for Hypothesis over any matters: random people, random steps, passing time.

An app's machine names its kinds of matters, its people and its written matrix; what must hold of
every matter is checked here, after each rule:

- a step that the matrix does not allow to this person from this state has not been done;
- a refused step has changed no row;
- every move has left exactly one event, events follow one another from state to state, and the
  version counts them;
- what has ended has no running clock;
- after a sweep nothing that was due is left undone, and the trail verifies.

HYPOTHESIS_PROFILE=thorough runs 1,000 sequences of 50 steps, otherwise 40 of 30;
HYPOTHESIS_EXAMPLES and HYPOTHESIS_STEPS say otherwise.
"""

import hashlib
import os
from collections import defaultdict
from datetime import timedelta
from random import Random

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from governance import sweep, trail
from governance.models import Clock, Event, Unit
from governance.perform import adopt_rulebook, check_open, perform, steps_of
from governance.steps import Forbidden, Refused
from governance.tasks import fire
from tests.drawing import facts_for, spoil

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EXAMPLES, STEPS = (1_000, 50) if THOROUGH else (40, 30)
SETTINGS = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", EXAMPLES)),
    stateful_step_count=int(os.environ.get("HYPOTHESIS_STEPS", STEPS)),
    deadline=None,
    database=None,
    derandomize=not THOROUGH,  # `make test` says the same twice; the thorough run looks further
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
LEAPS = [
    *(timedelta(minutes=minutes) for minutes in (1, 5, 20, 61, 100, 240)),
    *(timedelta(days=days) for days in (1, 2, 5, 12, 40)),
]
USUAL = 4
APPS = ("governance", "hucall", "checklist", "admission")
seeds = st.integers(0, 2**32 - 1)


class MatterMachine(RuleBasedStateMachine):
    """What all machines share. One example is one savepoint of the test's transaction.

    Attributes for subclasses:
        kinds: models of the matters; ended: {model: states in which nothing runs any more}.
        extra: see `facts_for`; own: words of refusals to people whom the matrix lists.
        raising: share of new matters; weights: {step: how often against USUAL};
            shares: {model: how often against 1}.
        people: users, with their posts read already; counties: whose trails are verified.
        done: {(record, step): how often}, over all examples, for the report.
    """

    kinds: tuple = ()
    ended: dict = {}
    extra: dict = {}
    own: tuple[str, ...] = ()
    people: list = []
    counties: list = []
    start = None
    raising = 0.06
    weights: dict[str, int] = {}
    shares: dict[type, int] = {}
    done: dict = defaultdict(int)
    sequences = tried = 0

    def __init__(self):
        super().__init__()
        self.now = self.start
        self.known, self.turn, self.busy_until = None, 0, 2
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self):
        try:
            self.all_sealed()
            type(self).sequences += 1
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # What an app says ------------------------------------------------------------

    def listed(self, record, name: str, actor) -> bool:
        """Whether the written matrix allows this step to this person from this state."""
        raise NotImplementedError

    def raise_matter(self, pick: Random) -> None:
        """Try the first step of a new matter."""
        raise NotImplementedError

    # Rules ------------------------------------------------------------

    @rule(seed=seeds)
    def somebody_acts(self, seed):
        """Somebody raises a matter, or tries a step of one, mostly one that is theirs to do."""
        self.turn += 1
        pick = Random(f"{seed} {self.turn}")  # Hypothesis likes to say the same number again
        first = self.turn <= 2 or pick.random() < self.raising
        record = None if first else self.some_matter(pick)
        if record is None:
            self.raise_matter(pick)
        else:
            name = self.some_step(record, pick)
            self.attempt(record, name, self.somebody(record, name, pick), pick)

    @precondition(lambda self: self.turn >= self.busy_until)
    @rule(leap=st.sampled_from(LEAPS), swept=st.sampled_from([True, True, True, False]))
    def time_passes(self, leap, swept):
        """Time goes on; beat may be late."""
        self.now += leap
        self.busy_until = self.turn + 3
        if swept:
            self.swept()

    # Choosing ------------------------------------------------------------

    def some_matter(self, pick: Random):
        """Any matter there is, each kind by its share."""
        rows = [(kind, pk) for kind in self.kinds for pk in self.keys(kind)]
        if not rows:
            return None
        for _ in range(3):  # what is over is of interest too, but less
            kinds = sorted({kind for kind, _ in rows}, key=lambda k: k.__name__)
            kind = pick.choices(kinds, [self.shares.get(kind, 1) for kind in kinds])[0]
            record = kind.objects.get(pk=pick.choice([pk for of, pk in rows if of is kind]))
            if record.state not in self.ended[kind]:
                break
        return record

    def keys(self, kind) -> list[int]:
        """The matters of a kind, oldest first."""
        return list(kind.objects.order_by("pk").values_list("pk", flat=True))

    def some_step(self, record, pick: Random) -> str:
        """A step, mostly one that is open from the record's state and done by people."""
        steps = steps_of(type(record))
        near = [
            name for name, step in steps.items() if step.who.roles and self.is_open(record, name)
        ]
        names = near if near and pick.random() < 0.9 else sorted(steps)
        return pick.choices(names, [self.weights.get(name, USUAL) for name in names])[0]

    def is_open(self, record, name: str) -> bool:
        """Whether state and conditions allow the step to those whose step it is."""
        try:
            check_open(record, name, steps_of(type(record))[name], self.now)
        except Refused:
            return False
        return True

    def somebody(self, record, name: str, pick: Random):
        """A person, mostly one whose step it is."""
        who = steps_of(type(record))[name].who
        theirs = [user for user in self.people if who(record, user)]
        return pick.choice(theirs if theirs and pick.random() < 0.85 else self.people)

    # Doing ------------------------------------------------------------

    def attempt(self, record, name: str, actor, pick: Random):
        """Do one step, and look whether it was right that it was done or refused."""
        listed = self.listed(record, name, actor)
        facts = self.facts(record, name, actor, pick)
        version = pick.choice([record.version] * 14 + [None, None, record.version + 1, 0])
        kind = type(record).__name__
        note(f"{self.now:%m-%d %H:%M} {kind} {record.pk} [{record.state}] {name} {actor.username}")
        type(self).tried += 1
        before, count, is_new = self.picture(), record.version, record.pk is None
        try:
            moved = perform(record, name, actor=actor, at=self.now, version=version, facts=facts)
        except Refused as refusal:
            note(f"    {refusal.status} {refusal.message}")
            assert refusal.message
            self.known = None
            assert self.picture() == before, "a refused step has changed rows"
            if isinstance(refusal, Forbidden) and listed:
                assert refusal.message.startswith(self.own), refusal.message
            return None
        self.known = None
        assert listed, f"{actor.username} may not do {kind}.{name}"
        assert is_new or version in (None, count), "a stale page has moved the matter"
        assert moved.version == count + 1
        self.done[kind, name] += 1
        return moved

    def facts(self, record, name: str, actor, pick: Random) -> dict:
        """What is sent along: mostly right."""
        form = steps_of(type(record))[name].form_class()
        if form is None:
            return {}
        asked = {"actor": actor, "at": self.now, "pick": pick}
        if record.rulebook_id is None:
            adopt_rulebook(record, self.now)
        facts = facts_for(form, record, **asked, extra=self.extra)
        return spoil(form, facts, record, **asked) if pick.random() < 0.15 else facts

    def swept(self):
        """What beat sets off each minute, and what must hold afterwards."""
        sweep.sweep(self.now)
        fire(self.now)
        trail.seal(self.now)
        self.known = None
        ticking = Clock.objects.running().filter(paused_at=None)
        assert not ticking.filter(next_at__lte=self.now).exists()
        for clock in ticking.promises().filter(due_at__lte=self.now):
            # What was late before it rested has woken with nothing left: its breach stays where it
            # was, and its ladder goes on from the waking.
            before = clock.resumed_at and clock.breached_at and clock.breached_at < clock.resumed_at
            assert before or clock.breached_at == clock.due_at
        assert not Clock.objects.filter(fired_at__isnull=False, done_at=None).exists()
        self.verified()

    def all_sealed(self):
        """The end of every example."""
        trail.seal(self.now)
        self.verified()

    def verified(self):
        """Every county's trail is whole."""
        for county in self.counties:
            verdict = trail.verify(county)
            assert not verdict.broken, verdict.broken
            assert not verdict.unsealed

    # Invariants ------------------------------------------------------------

    @invariant()
    def every_move_left_one_event(self):
        """Events lead from state to state without a gap, and the version counts them."""
        trails = defaultdict(list)
        rows = Event.objects.order_by("id").values_list(
            "matter_type", "matter_id", "step", "source", "target"
        )
        for matter_type, pk, step, source, target in rows:
            trails[matter_type, pk].append((step, source, target))
        for kind in self.kinds:
            own, steps = ContentType.objects.get_for_model(kind).pk, steps_of(kind)
            for pk, state, version in kind.objects.values_list("pk", "state", "version"):
                events = [event for event in trails[own, pk] if event[0] in steps]
                assert len(events) == version, f"{kind.__name__} {pk}: {version} {events}"
                before = ""
                for _, source, target in events:
                    assert source == before, f"{kind.__name__} {pk}: {events}"
                    before = target
                assert before == state, f"{kind.__name__} {pk} [{state}]: {events}"

    @invariant()
    def what_has_ended_has_no_running_clock(self):
        for kind, states in self.ended.items():
            over = kind.objects.filter(state__in=states).values("pk")
            left = Clock.objects.running().filter(
                matter_type=ContentType.objects.get_for_model(kind), matter_id__in=over
            )
            assert not left.exists(), f"{kind.__name__}: {list(left.values('matter_id', 'name'))}"

    def picture(self) -> str:
        """A hash of all rows of our own tables; kept until something may have changed."""
        if self.known is None:
            digest = hashlib.sha256()
            with connection.cursor() as cursor:
                for table in tables():
                    cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                    digest.update(repr((table, cursor.fetchall())).encode())
            self.known = digest.hexdigest()
        return self.known


def tables() -> list[str]:
    """Every table of our own apps that steps may write; people and units stay as they are."""
    still = {Unit._meta.db_table, "governance_user", "governance_clause", "governance_calendarday"}
    found = {
        model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()
    }
    return sorted(found - still)
