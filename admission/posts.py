"""Posts that take part in admission (no models here: the navigation needs them early)."""

from governance.roles import Role

DEPARTMENT = (Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER)
TOWNSHIP = (Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER)
APPLICANTS = (*DEPARTMENT, *TOWNSHIP)
"""Who may apply, as far as the county's rulebook lets the kind of unit (GX-准入-08, TX-准入-06)."""

REVIEWERS = (Role.BIANBAN, Role.SIFA, Role.COUNTY, Role.MEETING_OFFICE)
WIDE = (Role.BIANBAN, Role.COUNTY, Role.MEETING_OFFICE)
"""Who sees in a whole county what was handed down: who reviews and who decides."""
TAKING_PART = (*APPLICANTS, *REVIEWERS, Role.CAIZHENG)

FILING = (*APPLICANTS, *REVIEWERS)
HANDING = (*APPLICANTS, *WIDE)
CARRYING = (*HANDING, Role.CAIZHENG)
"""For whom a list is of use, and so offered: files under review, slips and helps, duties and money
(司法局 reviews and follows nothing further, the treasury follows the money alone).
"""
