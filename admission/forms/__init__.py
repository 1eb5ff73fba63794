"""What the steps of admission ask for: used by pages and API alike."""

from .carrying import (
    AllotForm,
    DeliverForm,
    PaperSlipForm,
    SlipForm,
    SpendForm,
    SuggestExitForm,
)
from .helping import CorrectionForm, HandDownForm, HelpForm, MeetingForm, OrderForm, PayForm
from .leaving import ExitDraftForm, ExitForm
from .request import DivertForm, DraftForm, FileForm, OpinionForm, RequestForm, ResubmitForm

__all__ = [
    "AllotForm",
    "CorrectionForm",
    "DeliverForm",
    "DivertForm",
    "DraftForm",
    "ExitDraftForm",
    "ExitForm",
    "FileForm",
    "HandDownForm",
    "HelpForm",
    "MeetingForm",
    "OpinionForm",
    "OrderForm",
    "PaperSlipForm",
    "PayForm",
    "RequestForm",
    "ResubmitForm",
    "SlipForm",
    "SpendForm",
    "SuggestExitForm",
]
