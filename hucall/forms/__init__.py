"""What the steps of 乡呼县应 ask for; pages, API and tasks validate by the same forms."""

from .answering import (
    ArrivalForm,
    ExtensionForm,
    FinishForm,
    NoteForm,
    PlanForm,
    RenewalForm,
    ReturnForm,
    SignInForm,
    SuspensionForm,
)
from .common import OpinionForm, ReasonForm, RemarkForm
from .filing import ContentForm, DraftForm, FilingForm, ProposeForm, SelfHandledForm, callable_units
from .judging import CallbackForm, RatingForm
from .supervision import BulletinForm, PublishForm, ReplyForm, ReportForm, SuperviseForm
from .triage import MergeForm, ReworkForm, TurnBackForm, VerifyForm

__all__ = [
    "ArrivalForm",
    "BulletinForm",
    "CallbackForm",
    "ContentForm",
    "DraftForm",
    "ExtensionForm",
    "FilingForm",
    "FinishForm",
    "MergeForm",
    "NoteForm",
    "OpinionForm",
    "PlanForm",
    "ProposeForm",
    "PublishForm",
    "RatingForm",
    "ReasonForm",
    "RemarkForm",
    "RenewalForm",
    "ReplyForm",
    "ReportForm",
    "ReturnForm",
    "ReworkForm",
    "SelfHandledForm",
    "SignInForm",
    "SuperviseForm",
    "SuspensionForm",
    "TurnBackForm",
    "VerifyForm",
    "callable_units",
]
