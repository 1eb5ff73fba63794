"""What nobody would write on purpose in an application: kept as text, or refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.perform import perform
from governance.steps import Invalid
from tests.checklist.scene import NOW, again

pytestmark = pytest.mark.usefixtures("taken_back")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field", ["new_name", "new_county_duty", "flow", "argument", "ground_text"]
)
@pytest.mark.parametrize(
    "value", ["\0", "\ud800", "x" * 20_001, ["a", "b"], {"a": 1}, 7, True],
    ids=["nul", "surrogate", "long", "list", "dict", "number", "true"],
)  # fmt: skip
def test_hostile_values_are_refused_or_kept_as_text(guanxian, field, value):
    """The door answers every value; what it takes is text, and what it keeps can be read again."""
    given = guanxian.new_item() | {field: value}
    try:
        application = guanxian.file(**given)
    except Invalid as refusal:
        assert refusal.form.errors
        return
    stored = again(application)
    assert all(isinstance(words, str) for words in stored.changes.values())
    assert guanxian.approved(stored).state == "approved"


@pytest.mark.django_db
def test_twenty_thousand_characters_pass_through_to_the_edition(guanxian):
    long = "负责" + "职" * 19_990
    application = guanxian.file(**guanxian.new_item(county_duty=long))
    edition = guanxian.put_out(guanxian.compose(guanxian.approved(application)))
    assert edition.revisions.get(name="扬尘治理").county_duty == long


@pytest.mark.django_db
def test_a_program_is_no_argument(guanxian):
    from django.utils.datastructures import MultiValueDict

    bad = SimpleUploadedFile("论证.pdf", b"MZ\x90\x00" + b"\0" * 200, "application/pdf")
    facts = guanxian.new_item() | guanxian.facts()
    with pytest.raises(Invalid):
        perform(
            guanxian.application(), "file", actor=guanxian.clerk, at=NOW, facts=facts,
            files=MultiValueDict({"files": [bad]}),
        )  # fmt: skip
