"""Which short texts are about the same thing: phrases that many of them share. Pure, no Django.

A pair of characters that recurs is grown to the longest phrase that nearly the same texts hold;
those texts are one group, and the search goes on among the rest.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,}")
EMPTY = frozenset("的了和与及在是有为对等被把将请要无不未已")
"""Characters that join words; a pair with one of them is no word."""
LONGEST = 12
KEPT = 0.75
"""Share of the texts that a longer phrase must still hold."""
MOST = 12


@dataclass(frozen=True)
class Group:
    """A phrase and the places (indexes) of the texts that hold it."""

    phrase: str
    places: tuple[int, ...]


def groups(texts: list[str], least: int, ignore: frozenset[str] = frozenset()) -> list[Group]:
    """Groups of at least `least` texts that share a phrase, largest first; no text twice.

    Args:
        ignore: words that say nothing here (names of places), cut out before.
    """
    cleaned = [cut(text, ignore) for text in texts]
    left = dict(enumerate(cleaned))
    found: list[Group] = []
    while len(left) >= least and len(found) < MOST:
        best = commonest(left)
        if best is None or best[1] < least:
            break
        phrase = grown(best[0], left, least)
        places = tuple(place for place, text in left.items() if phrase in text)
        found.append(Group(phrase, places))
        for place in places:
            del left[place]
    return sorted(found, key=lambda one: (-len(one.places), one.phrase))


def cut(text: str, ignore: frozenset[str]) -> str:
    """A text without the words to ignore, its runs of Chinese apart."""
    for word in sorted(ignore, key=len, reverse=True):
        text = text.replace(word, " ")
    return " ".join(RUNS.findall(text))


def commonest(texts: dict[int, str]) -> tuple[str, int] | None:
    """The pair that most texts hold, and how many do."""
    count: Counter[str] = Counter()
    for text in texts.values():
        pairs = {text[i : i + 2] for i in range(len(text) - 1)}
        count.update(pair for pair in pairs if " " not in pair and not EMPTY & set(pair))
    return min(count.items(), key=lambda one: (-one[1], one[0])) if count else None


def grown(phrase: str, texts: dict[int, str], least: int) -> str:
    """The longest phrase around a pair that still stands in nearly all of its texts."""
    while len(phrase) < LONGEST:
        holding = [text for text in texts.values() if phrase in text]
        around: dict[str, int] = defaultdict(int)
        for text in holding:
            for longer in neighbours(phrase, text):
                around[longer] += 1
        enough = max(least, len(holding) * KEPT)
        longer = [(one, count) for one, count in around.items() if count >= enough]
        if not longer:
            return phrase
        phrase = min(longer, key=lambda one: (-one[1], one[0]))[0]
    return phrase


def neighbours(phrase: str, text: str) -> set[str]:
    """The phrase with one more character before or after it, wherever it stands in a text."""
    found, at = set(), text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if at > 0 and text[at - 1] not in EMPTY | {" "}:
            found.add(text[at - 1] + phrase)
        if end < len(text) and text[end] not in EMPTY | {" "}:
            found.add(phrase + text[end])
        at = text.find(phrase, at + 1)
    return found
