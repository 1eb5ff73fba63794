"""The records of admission, one file each."""

from .duty import AdmittedDuty, FundEntry
from .exit import ExitRequest
from .handdown import HandDown
from .opinion import TownshipOpinion
from .request import AdmissionRequest
from .slip import Slip
from .support import Support
from .temporary import TemporaryHelp

__all__ = [
    "AdmissionRequest",
    "AdmittedDuty",
    "ExitRequest",
    "FundEntry",
    "HandDown",
    "Slip",
    "Support",
    "TemporaryHelp",
    "TownshipOpinion",
]
