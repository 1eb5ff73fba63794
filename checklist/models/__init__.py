"""The records of the responsibility list, one file each."""

from .application import Application
from .cause import Cause
from .channel import Channel
from .contact import Contact
from .edition import Edition, EditionItem, Frozen
from .flowchart import Flowchart, FlowStep
from .intake import Import
from .item import Item, ItemUnit, Revision
from .law import Citation, LawCause, LawChange, LegalBasis
from .suggestion import Suggestion
from .term import CollectiveTerm

__all__ = [
    "Application",
    "Cause",
    "Channel",
    "Citation",
    "CollectiveTerm",
    "Contact",
    "Edition",
    "EditionItem",
    "FlowStep",
    "Flowchart",
    "Frozen",
    "Import",
    "Item",
    "ItemUnit",
    "LawCause",
    "LawChange",
    "LegalBasis",
    "Revision",
    "Suggestion",
]
