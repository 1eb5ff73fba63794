"""The records of the responsibility list, one file each."""

from .contact import Contact
from .edition import Edition, EditionItem, Frozen
from .intake import Import
from .item import Item, ItemUnit, Revision
from .term import CollectiveTerm

__all__ = [
    "CollectiveTerm",
    "Contact",
    "Edition",
    "EditionItem",
    "Frozen",
    "Import",
    "Item",
    "ItemUnit",
    "Revision",
]
