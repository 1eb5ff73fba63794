"""Forms that many steps share."""

from governance.forms import FilesField, StepForm, text


class ReasonForm(StepForm):
    """A step that must say why."""

    reason = text("理由", rows=3, max_length=500)
    files = FilesField()


class OpinionForm(StepForm):
    """A step that may say something."""

    opinion = text("意见", rows=3, max_length=500, required=False)


class RemarkForm(StepForm):
    """More about the same matter, for all who take part."""

    remark = text("说明", rows=3, max_length=1000)
    files = FilesField()
