"""A register of legal bases to try things on: entries, a list that rests on them, a repeal."""

from datetime import date

from checklist import laws
from checklist.models import LawChange, LegalBasis
from tests.checklist.scene import Scene
from tests.factories.governance import load_calendar

BASIS = "《行政监察法》第八条、《大气污染防治法》(2018修正)第一百一十九条第一款"


def entry(name="行政监察法", **facts) -> LegalBasis:
    """A common entry of the register."""
    facts = {"kind": "law", "verified": True} | facts
    return laws.keep(LegalBasis(name=name, **facts), None)


def based() -> Scene:
    """A county with two items that rest on both laws."""
    load_calendar()
    made = Scene()
    made.publish("秸秆禁烧", "河道采砂监管", basis=BASIS, main="县农业农村局", coop="各乡镇(街道)")
    return made


def repealed(scene, on="2026-09-08", **more) -> tuple[LegalBasis, LawChange]:
    """The law of 2018 marked as repealed, on a day of our own."""
    old = entry()
    new = entry("监察法", in_force_from=date(2018, 3, 20))
    made = laws.change(
        old, "repealed", date.fromisoformat(on), by=scene.bianban, successor=new, **more
    )
    return old, made
