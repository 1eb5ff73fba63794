"""What every installation of the list needs from the first day: the register of legal bases.

`manage.py runall` (with --prepare in production) asks for it after the migrations, each time.
"""

from checklist import laws


def load() -> None:
    """Enter the shipped laws that have never been entered; a second time adds nothing."""
    laws.load()
