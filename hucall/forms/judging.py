"""What ratings and callbacks ask for (GX-呼应-15, GX-考评-07)."""

from django import forms

from governance.forms import StepForm, text
from hucall.models.rating import Level


class RatingForm(StepForm):
    """满意 needs no reason, the others do (GX-呼应-15)."""

    level = forms.ChoiceField(label="评价", choices=Level.choices, widget=forms.RadioSelect)
    reason = text("理由", rows=3, max_length=500, required=False)

    def clean(self):
        given = super().clean()
        if given.get("level") in (Level.MOSTLY, Level.DISSATISFIED) and not given.get("reason"):
            self.add_error("reason", "基本满意、不满意须写明理由。")
        return given


class CallbackForm(StepForm):
    """Both sides are asked; who was not reached is recorded as such."""

    ANSWERS = [("", "未回访"), *Level.choices, ("unreached", "未联系上")]

    caller_level = forms.ChoiceField(label="呼叫发起人", choices=ANSWERS[1:])
    caller_words = forms.CharField(label="呼叫发起人原话", max_length=500, required=False)
    served_level = forms.ChoiceField(label="服务对象", choices=ANSWERS, required=False)
    served_words = forms.CharField(label="服务对象原话", max_length=500, required=False)
    note = text("回访记录", rows=3, max_length=1000)
