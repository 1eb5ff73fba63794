"""Which items a text is likely about: overlapping pairs of Chinese characters, weighted.

A pair that few items share says more than one that all share; a pair in the item's name says more
than one in its duties. A published edition never changes, so its index is kept per process.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from checklist.models import Edition, EditionItem, Item, Revision
from governance.search import BREAK, terms

NAME, CATEGORY, DUTY = 4.0, 1.0, 1.0
ENOUGH = 0.05
"""Share of the text's weight below which an item is not worth showing."""
LONGEST = 2_000


@dataclass(frozen=True)
class Suggestion:
    """An item that a text may be about; `score` from 0 to 1."""

    item: Item
    revision: Revision
    score: float


@dataclass(frozen=True)
class Index:
    """Postings of one edition: pair → {member id: weight}; idf of each pair."""

    postings: dict[str, dict[int, float]]
    rarity: dict[str, float]


def pairs(text: str) -> set[str]:
    """The pairs (and Latin words) of a text; single signs say too little."""
    tokens = set(terms(text[:LONGEST]).split())
    return {token for token in tokens if len(token) > 1 and token != BREAK}


@lru_cache(maxsize=64)
def index_of(edition_id: int, published_at: datetime) -> Index:
    """The index of a published edition, built once per process.

    Args:
        published_at: tells the edition apart from another database's of the same id (a restore).
    """
    postings: dict[str, dict[int, float]] = defaultdict(dict)
    rows = EditionItem.objects.filter(edition=edition_id).values_list(
        "pk", "revision__name", "revision__category", "revision__county_duty",
        "revision__township_duty",
    )  # fmt: skip
    count = 0
    for pk, name, category, *duties in rows:
        count += 1
        for text, weight in ((name, NAME), (category, CATEGORY), *((one, DUTY) for one in duties)):
            for pair in pairs(text):
                postings[pair][pk] = max(weight, postings[pair].get(pk, 0.0))
    rarity = {pair: math.log(1 + count / len(found)) for pair, found in postings.items()}
    return Index(dict(postings), rarity)


def suggest(edition: Edition, text: str, limit: int) -> list[Suggestion]:
    """The likeliest items of an edition for a text, best first.

    Args:
        edition: a published edition; text: what a clerk has typed; limit: how many at most.
    """
    index = index_of(edition.pk, edition.published_at)
    said = pairs(text)
    wanted = [pair for pair in said if pair in index.postings]
    scores: dict[int, float] = defaultdict(float)
    for pair in wanted:
        for pk, weight in index.postings[pair].items():
            scores[pk] += weight * index.rarity[pair]
    if not wanted:
        return []
    # Pairs that no item knows count little, or a long text would look like nothing at all.
    whole = sum(NAME * index.rarity[pair] for pair in wanted) + (len(said) - len(wanted)) * 0.5
    best = sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:limit]
    good = {pk: score / whole for pk, score in best if score / whole >= ENOUGH}
    rows = EditionItem.objects.select_related("item", "revision").in_bulk(list(good))
    return [
        Suggestion(rows[pk].item, rows[pk].revision, round(score, 3)) for pk, score in good.items()
    ]
