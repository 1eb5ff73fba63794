"""The enumerated cases of the articles, one test per case: what may be asked for, and on which
ground (GX-清单-06…21, JQ-清单-06…16, TA-05, 06).
"""

import pytest

from checklist import grounds
from checklist.models import Application
from governance.steps import Invalid
from tests.checklist.scene import Scene, again
from tests.factories.governance import load_calendar
from tests.hucall.doors import undone

MAIN_TOWN = {"main": "各乡镇(街道)", "coop": "县农业农村局"}
WORDS = {"law": "", "grassroots": "", "functions": "", "suited": "", "superior": "", "other": "确有需要"}


class Cases:
    """One county, with an item of each sort, for the cases of its articles."""

    def __init__(self, preset: str):
        load_calendar()
        self.scene = Scene(preset)
        self.scene.publish("秸秆禁烧", "河道采砂监管")
        self.borne = None
        if preset.startswith("guanxian"):  # an item that townships carry
            self.scene.put_out(self.scene.compose(self.scene.approved(self.to_township("law"))))

    def to_township(self, ground: str, **given) -> Application:
        new = {f"new_{name}": words for name, words in MAIN_TOWN.items()}
        item = self.scene.item("秸秆禁烧").pk
        return self.file("to_township", ground, item=item, **new, **given)

    def file(self, kind: str, ground: str, **given) -> Application:
        """A complete application of this kind on this ground, unless told otherwise."""
        facts = {"ground_text": WORDS.get(ground, ""), "affects_flow": "true"}
        if ground == "superior":
            facts["authority"] = "province"
        if kind == "remove":
            facts["item"] = self.scene.item("河道采砂监管").pk
        if kind == "to_county":
            facts |= {"item": self.scene.item("秸秆禁烧").pk}
            facts |= {"new_main": "县农业农村局", "new_coop": "各乡镇(街道)"}
        if kind == "content":
            facts |= {"item": self.scene.item("秸秆禁烧").pk, "new_basis": "《监察法》"}
        return self.scene.file(kind=kind, ground=ground, **(facts | given))


@pytest.fixture(scope="module")
def counties(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        names = ("guanxian-2019", "jiaoqu-2022", "taian-2019", "tongxin-2021")
        yield {name.partition("-")[0]: Cases(name) for name in names[:1]} | Later(names[1:])


class Later(dict):
    """Counties that are built when they are asked for."""

    def __init__(self, names):
        super().__init__()
        self.names = names
