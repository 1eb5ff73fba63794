"""The day of the demo county, as its tests load it."""

from datetime import datetime

from governance.workdays import TZ

NOW = datetime(2026, 11, 20, 10, 20, tzinfo=TZ)
