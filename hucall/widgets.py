"""A select drawn in Python: a filter has hundreds of options, and one template per option costs
more than the rows of the list.
"""

from html import escape

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from governance.markup import words


class QuickSelect(forms.Select):
    """forms.Select with the same result and a twentieth of the work."""

    def render(self, name, value, attrs=None, renderer=None):
        """The select with its options, groups as optgroups, everything escaped."""
        chosen = "" if value is None else str(value)
        attrs = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = "".join(drawn(key, label, chosen) for key, label in self.choices)
        return SafeString(f"<select{flatatt(attrs)}>{options}</select>")


def drawn(key, label, chosen: str) -> str:
    """One option, or a group of options."""
    if isinstance(label, list | tuple):
        inside = "".join(drawn(*one, chosen) for one in label)
        return f'<optgroup label="{escape(str(key))}">{inside}</optgroup>'
    mark = " selected" if str(key) == chosen else ""
    return f'<option value="{escape(str(key))}"{mark}>{words(label)}</option>'
