"""Bulk calls for benchmarks: the shape in which the door writes them, at the speed of a copy.

Nobody's steps are imitated one by one: a call's rows are written as they would stand at the end.
The same number of calls, seed and day give the same rows. The trail is thinner than in life
(about three events a call), and it is not sealed: the chain's watermark stands past it.
"""

import random
from datetime import datetime
from itertools import accumulate

from django.db import transaction

from checklist import selectors as checklist
from governance import calendars
from governance.models import Clock, Counter, Event, Party, SealHead
from governance.roles import Role
from governance.seeding import NULL, OFFICES, Bulk, SeedCounty, bare, refresh_statistics
from hucall.models import Call, Callback, CallbackAnswer, Rating, Response
from hucall.seeding_rows import SLOTS_A_DAY, Grid, Texts, number_terms

BATCH = 5_000
BACK, AHEAD, RECENT = 750, 60, 20
"""Working days: how far back calls go, how far limits reach, and how old open calls are."""
RECENT_SHARE, OPEN_SHARE = 0.14, 0.86
"""The newest calls, and how many of them are still open: 12 % of all."""
LIMITS = {"general": 5, "complex": 10, "hard": 20}
LABELS = {
    "file": ("提交呼叫", "GX-呼应-08", "", "submitted"),
    "dispatch": ("核实派发", "GX-呼应-09", "submitted", "handling"),
    "sign_in": ("报到", "GX-呼应-10", "waiting", "working"),
    "archive": ("归档", "GX-呼应-06", "finished", "archived"),
    "return_for_correction": ("退回补正", "GX-呼应-05", "submitted", "correcting"),
    "turn_back": ("转乡镇自行处置", "GX-呼应-07", "submitted", "self_handled"),
    "withdraw": ("撤回作废", "GX-呼应-07", "submitted", "withdrawn"),
    "merge": ("并入已有呼叫", "GX-呼应-05", "submitted", "merged"),
}
ENDS = {
    "correcting": "return_for_correction", "self_handled": "turn_back",
    "withdrawn": "withdraw", "merged": "merge", "archived": "archive",
}  # fmt: skip
OPEN_STATES = ["handling"] * 15 + ["submitted"] * 3 + ["correcting"] * 2
RECENT_ENDS = ["finished"] * 7 + ["self_handled", "withdrawn", "merged"]
OLD_ENDS = ["archived"] * 38 + ["self_handled", "withdrawn"]
KINDS = ["complex"] * 14 + ["key"] * 5 + ["urgent"]
LEVELS = ["satisfied"] * 16 + ["mostly"] * 3 + ["dissatisfied"]
SIGN_IN = ("sign_in", "报到", "call.sign_in.general", "1 workdays", "GX-呼应-10")
LEAD = 12
"""Slots: two working hours before a short limit ends; long ones warn a day before."""
PROMPT = 0.8
"""Of the calls that wait to be verified, those that have come in within the last hours."""
MATTER = "id county_id owner_id raised_by_id raised_at rulebook_id version"
LEDGER = "id county_id owner_id matter_type_id matter_id root_type_id root_id"


def load(ground: list[SeedCounty], calls: int, number: int, now: datetime, tell) -> dict[str, int]:
    """Write `calls` calls with all that belongs to them; returns rows by table.

    Args:
        ground: the counties; number: the seed; now: the moment up to which calls reach;
        tell: called with a sentence about the progress.
    """
    writer = Writer(ground, number, now)
    models = [bulk.model for bulk in writer.all]
    with transaction.atomic():
        with bare(models):
            for place in range(calls):
                writer.call(place / calls)
                if place % BATCH == BATCH - 1:
                    writer.flush()
                if (place + 1) % max(calls // 10, BATCH) == 0:
                    tell(f"已写入 {place + 1} 件")
            writer.flush()
            tell("正在建立索引和约束")
        writer.close()
    tell("正在更新统计信息")
    refresh_statistics(models)
    return {bulk.model._meta.model_name: bulk.count for bulk in writer.all}


class Place:
    """One county with the texts of its ids."""

    def __init__(self, county: SeedCounty, dice: random.Random):
        self.county = county
        self.id, self.rulebook = str(county.unit.pk), str(county.rulebook.pk)
        self.mark = county.unit.mark
        self.townships = [(str(one.pk), county.clerks[one.pk]) for one in county.townships]
        units = [one for one in county.departments if one.code not in OFFICES]
        self.sets = team_choices([str(one.pk) for one in units], dice)
        self.clerks = {str(pk): user for pk, user in county.clerks.items()}
        desk = next(one for one in county.departments if OFFICES.get(one.code) == Role.PLATFORM)
        self.desk, self.operator = str(desk.pk), county.offices[Role.PLATFORM]
        edition = checklist.current_edition(county.unit)
        rows = edition.members.select_related("revision")
        self.items = [
            (str(row.item_id), str(row.revision_id), str(int(row.revision.township_part == "main")))
            for row in rows
        ]
        self.edition = str(edition.pk)
        self.numbers: dict[int, int] = {
            one.year: one.last for one in Counter.objects.filter(county=county.unit, kind="呼")
        }

    def number(self, year: int) -> int:
        """The next number of a year."""
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return self.numbers[year]


def team_choices(units: list[str], dice: random.Random) -> list[tuple[str, ...]]:
    """Teams of two to five units; some units are asked far more often than others."""
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(units))))
    teams = []
    for _ in range(997):
        size = dice.choice((2, 3, 3, 3, 3, 4, 4, 5))
        team: dict[str, None] = {}
        while len(team) < size:
            team |= dict.fromkeys(dice.choices(units, cum_weights=weights))
        teams.append(tuple(team))
    return teams


class Writer:
    """Collects the rows of call after call."""

    def __init__(self, ground: list[SeedCounty], number: int, now: datetime):
        self.dice = random.Random(number)  # noqa: S311 - repeatable, no secret
        self.grid = Grid(calendars.for_county(), now, BACK, AHEAD)
        self.texts = Texts(self.dice)
        self.places = [Place(county, self.dice) for county in ground]
        self.types = {model: str(model.type().pk) for model in (Call, Response, Rating, Callback)}
        self.calls = Bulk(
            Call,
            f"{MATTER} number terms state kind title text place item_id revision_id edition_id "
            "township_is_main difficulty verified_at verified_true over_call dispatched_at "
            "merged_into_id reason finished_at archived_at summary",
            self_check=True,
        )
        self.responses = Bulk(
            Response,
            f"{MATTER} terms state call_id unit_id duty task opened_at return_until signed_in_at "
            "finished_at result latest",
        )
        self.ratings = Bulk(Rating, f"{MATTER} state call_id response_id level reason rated_at")
        self.callbacks = Bulk(Callback, f"{MATTER} state call_id response_id done_at note")
        self.answers = Bulk(CallbackAnswer, "id callback_id who level")
        self.events = Bulk(
            Event,
            f"{LEDGER} step label source target actor_id actor_name unit_id post_label at "
            "recorded_at clause rulebook_id",
        )
        self.clocks = Bulk(
            Clock,
            f"{LEDGER} name label title owed_by_id rulebook_id param length clause started_at "
            "due_at warn_at next_at warned_at met_at breached_at level on_breach",
        )
        self.parties = Bulk(Party, "id unit_id matter_type_id matter_id")
        self.all = [
            self.calls, self.responses, self.ratings, self.callbacks, self.answers,
            self.events, self.clocks, self.parties,
        ]  # fmt: skip
        self.merged_into = NULL

    def flush(self) -> None:
        for bulk in self.all:
            bulk.flush()

    def close(self) -> None:
        """Numbers go on after these; the chain begins after these."""
        for place in self.places:
            for year, last in place.numbers.items():
                Counter.objects.update_or_create(
                    county=place.county.unit, kind="呼", year=year, defaults={"last": last}
                )
            SealHead.objects.update_or_create(
                county=place.county.unit, defaults={"watermark": self.events.last}
            )

    # -- one call -----------------------------------------------------------------------------

    def call(self, position: float) -> None:
        """One call; `position` from 0 to 1 says how new it is."""
        dice, grid = self.dice, self.grid
        newest = grid.now - RECENT * SLOTS_A_DAY
        if position >= 1 - RECENT_SHARE:
            share = (position - 1 + RECENT_SHARE) / RECENT_SHARE
            raised = newest + int(share * (grid.now - newest - 12))
            states = OPEN_STATES if dice.random() < OPEN_SHARE else RECENT_ENDS
        else:
            raised = int(position / (1 - RECENT_SHARE) * (newest - 60))
            states = OLD_ENDS
        state = states[int(dice.random() * len(states))]
        if state == "merged" and self.merged_into == NULL:
            state = "withdrawn"
        if state == "submitted" and dice.random() < PROMPT:
            raised = grid.now - 1 - int(dice.random() * 20)
        Case(self, state, raised).write()


class Case:
    """One call on its way into the tables."""

    def __init__(self, writer: Writer, state: str, raised: int):
        self.writer, self.state, self.raised = writer, state, raised
        dice = writer.dice
        self.place = writer.places[int(dice.random() * len(writer.places))]
        self.owner, self.clerk = self.place.townships[int(dice.random() ** 1.5 * 18)]
        self.text = int(dice.random() * len(writer.texts))
        self.kind = KINDS[int(dice.random() * len(KINDS))]
        self.dispatched = raised + 3 + int(dice.random() * 8)
        self.took = 20 + int(dice.random() ** 2 * 5 * SLOTS_A_DAY)
        if state == "finished":
            self.took = min(self.took, writer.grid.now - self.dispatched)
        self.difficulty = self.chosen_difficulty()
        self.units: tuple[str, ...] = ()
        if state in ("handling", "finished", "archived"):
            self.units = self.place.sets[int(dice.random() * len(self.place.sets))]
        self.id = str(writer.calls.last + 1)
        self.number_terms = ""

    def chosen_difficulty(self) -> str:
        """Most open calls are within their limit; nine in ten."""
        dice, grid = self.writer.dice, self.writer.grid
        if self.state == "handling" and dice.random() < 0.9:
            for name, days in LIMITS.items():
                if grid.workdays(self.dispatched, days)[0] > grid.now_text:
                    return name
        return "general" if dice.random() < 0.75 else "complex"

    def write(self) -> None:
        self.write_call()
        self.event("file", self.raised, self.clerk, self.owner)
        if self.units:
            self.event("dispatch", self.dispatched, self.place.operator, self.place.desk)
            self.writer.merged_into = self.id
            for place, unit in enumerate(self.units):
                self.write_response(place, unit)
        if self.state in ENDS:
            self.event(ENDS[self.state], self.ended(), self.place.operator, self.place.desk)
        self.write_verify_clock()
        for unit in (self.owner, *self.units):
            self.party(unit, Call, self.id)

    def ended(self) -> int:
        """The slot of the step that ended the call, or its last one."""
        if self.state == "archived":
            return min(self.dispatched + self.took + 10 * SLOTS_A_DAY, self.writer.grid.now)
        return self.dispatched

    def write_call(self) -> None:
        writer, text, place, grid = self.writer, self.text, self.place, self.writer.grid
        year = grid.years[self.raised]
        number = place.number(year)
        self.number_terms = number_terms(place.mark, year, number)
        item, revision, main = place.items[int(writer.dice.random() ** 2 * len(place.items))]
        at = grid.text[self.dispatched] if self.units else NULL
        closed = self.state in ("finished", "archived")
        finished = grid.text[self.dispatched + self.took] if closed else NULL
        texts = writer.texts
        writer.calls.add(
            place.id, self.owner, str(self.clerk.pk), grid.text[self.raised], place.rulebook,
            str(1 + len(self.units)), f"{place.mark}呼〔{year}〕{number}号",
            self.number_terms + texts.call_terms[text],
            self.state, self.kind, texts.title[text], texts.text[text], texts.place[text],
            item, revision, place.edition, main, self.difficulty, at, "1" if self.units else NULL,
            "1" if self.state == "self_handled" and number % 3 == 0 else "0", at,
            writer.merged_into if self.state == "merged" else NULL,
            "" if self.units or self.state == "submitted" else "按清单由乡镇先行处置或补正。",
            finished, grid.text[self.ended()] if self.state == "archived" else NULL,
            texts.results[text % len(texts.results)] if closed else "",
        )  # fmt: skip

    def write_response(self, order: int, unit: str) -> None:
        """One part with its clocks and, once finished, its rating."""
        writer, grid, dice = self.writer, self.writer.grid, self.writer.dice
        lead = order == 0
        done = self.state != "handling" or (not lead and dice.random() < 0.3)
        signed = self.dispatched + 3 + int(dice.random() * 30)
        ended = self.dispatched + self.took - (0 if lead else 2)
        done = done and ended <= grid.now
        signed = signed if signed <= grid.now else 0
        state = "finished" if done else ("working" if signed else "waiting")
        task = writer.texts.tasks[(order + self.text) % len(writer.texts.tasks)]
        result = writer.texts.results[self.text % len(writer.texts.results)] if done else ""
        opened, pk = grid.text[self.dispatched], str(writer.responses.last + 1)
        title_terms, part_terms = writer.texts.title_terms[self.text], writer.texts.part_terms
        terms = f"{self.number_terms}{title_terms} {part_terms[task, result]}"
        writer.responses.add(
            self.place.id, self.owner, str(self.place.operator.pk), opened, self.place.rulebook,
            "3" if done else "2", terms, state, self.id, unit, "lead" if lead else "assist", task,
            opened, grid.workdays(self.dispatched, 1)[0], grid.text[signed] if signed else NULL,
            grid.text[ended] if done else NULL, result, result,
        )  # fmt: skip
        self.party(unit, Response, pk)
        if lead or (not done and order == 1):
            self.write_finish_clock(pk, unit, ended if done else 0)
        if lead and self.state == "handling" and signed:
            self.event("sign_in", signed, self.place.clerks[unit], unit, Response, pk)
        if lead and dice.random() < 0.55:
            self.write_sign_in_clock(pk, unit, signed)
        if done:
            self.write_rating(pk, unit, ended)

    def write_rating(self, response: str, unit: str, ended: int) -> None:
        writer, grid, dice = self.writer, self.writer.grid, self.writer.dice
        rated = ended + 20 + int(dice.random() * 120)
        draw = dice.random()
        if rated > grid.now or (draw > 0.95 and self.state != "archived"):
            state, level = "pending", ""
        elif draw > 0.95:
            state, level = "unrated", ""
        else:
            state, level = "rated", LEVELS[int(dice.random() * len(LEVELS))]
        reason = writer.texts.reasons[self.text % 4] if level not in ("", "satisfied") else ""
        clerk = str(self.place.clerks[unit].pk)
        base = (self.place.id, self.owner, clerk, grid.text[ended], self.place.rulebook, "2")
        writer.ratings.add(
            *base, state, self.id, response, level, reason, grid.text[rated] if level else NULL
        )
        self.party(self.owner, Rating, str(writer.ratings.last))
        if level and (level == "dissatisfied" or dice.random() < 0.2):
            self.write_callback(response, level, rated)

    def write_callback(self, response: str, level: str, rated: int) -> None:
        writer, grid = self.writer, self.writer.grid
        called = rated + 42
        done = called <= grid.now
        writer.callbacks.add(
            self.place.id, self.place.desk, str(self.clerk.pk), grid.text[rated],
            self.place.rulebook, "2", "done" if done else "pending", self.id, response,
            grid.text[called] if done else NULL, "电话回访。" if done else "",
        )  # fmt: skip
        pk = str(writer.callbacks.last)
        self.party(self.place.desk, Callback, pk)
        if done:
            writer.answers.add(pk, "caller", level)
            writer.answers.add(pk, "served", level)

    # -- ledgers ------------------------------------------------------------------------------

    def party(self, unit: str, model, pk: str) -> None:
        self.writer.parties.add(unit, self.writer.types[model], pk)

    def event(self, step: str, slot: int, actor, unit: str, model=Call, pk: str = "") -> None:
        writer = self.writer
        label, clause, source, target = LABELS[step]
        at = writer.grid.text[slot]
        writer.events.add(
            self.place.id, self.owner, writer.types[model], pk or self.id, writer.types[Call],
            self.id, step, label, source, target, str(actor.pk), actor.name, unit, actor.name, at,
            at, clause, self.place.rulebook,
        )  # fmt: skip

    def write_verify_clock(self) -> None:
        self.clock(
            ("verify", "核实派发", "call.verify.general", "4 workhours", "GX-呼应-09"),
            Call,
            self.id,
            self.place.desk,
            self.raised,
            self.writer.grid.workhours(self.raised, 4),
            0 if self.state == "submitted" else self.dispatched,
        )

    def write_sign_in_clock(self, pk: str, unit: str, met: int) -> None:
        due = self.writer.grid.workdays(self.dispatched, 1)
        self.clock(SIGN_IN, Response, pk, unit, self.dispatched, due, met)

    def write_finish_clock(self, pk: str, unit: str, met: int) -> None:
        days = LIMITS[self.difficulty]
        words = f"call.finish.{self.difficulty}", f"{days} workdays", "GX-呼应-10"
        due = self.writer.grid.workdays(self.dispatched, days)
        self.clock(("finish", "办结", *words), Response, pk, unit, self.dispatched, due, met)

    def clock(self, words, model, pk: str, owes: str, start: int, due, met: int) -> None:
        """One clock: met (slot, 0 for not yet), running, or overdue and at the ladder's top.

        `words` are name, label, parameter, length and clause; `due` is (text, slot).
        """
        writer, grid = self.writer, self.writer.grid
        name, label, param, length, clause = words
        due_at, due_slot = due
        warn_slot = max(start, due_slot - (LEAD if due_slot % SLOTS_A_DAY else SLOTS_A_DAY))
        warn, late = grid.text[warn_slot], due_at <= (grid.text[met] if met else grid.now_text)
        warned = late or (not met and warn <= grid.now_text)
        upcoming = NULL if met or late else (due_at if warned else warn)
        writer.clocks.add(
            self.place.id, self.owner, writer.types[model], pk, writer.types[Call], self.id, name,
            label, writer.texts.title[self.text], owes, self.place.rulebook, param, length, clause,
            grid.text[start], due_at, warn, upcoming, warn if warned else NULL,
            grid.text[met] if met else NULL, due_at if late else NULL,
            ("1" if met else "4") if late else "0", "" if name == "verify" else "supervise",
        )  # fmt: skip
