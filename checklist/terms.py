"""The collective terms with which a county starts (CollectiveTerm; administrators keep them)."""

TERMS = [
    # (term, scope, other spellings)
    (
        "各乡镇(街道)",
        "townships",
        "各乡镇、街道|各乡(镇、街道)|各乡(镇)街道|各乡(镇)、街道|各乡镇街道|各镇(街道)|各镇街|各镇、街道"
        "|乡镇(街道)|乡镇、街道|乡镇街道|各街道(乡镇)|各乡镇人民政府(街道办事处)"
        "|乡镇人民政府(街道办事处)|乡镇政府(街道办事处)|各乡镇党委政府(街道党工委办事处)",
    ),
    ("各乡镇", "townships", "乡镇|各乡镇人民政府|乡镇人民政府|各乡镇政府"),
    ("各街道", "streets", "街道|街道办事处|各街道办事处"),
    ("各村(社区)", "villages", "村(社区)|各村、社区|各村居|村(居)民委员会|村居"),
    ("各行业许可部门", "departments", "行业许可部门"),
    ("各行业主管部门", "departments", "行业主管部门|各行业监管部门|行业监管部门"),
    ("各行业部门", "departments", "行业部门|各相关行业部门"),
    ("各行政执法部门", "departments", "行政执法部门|各执法部门"),
    ("有权处理的县级部门", "departments", "有权处理的县级职能部门|有权处理的部门"),
    ("县直各部门", "departments", "县直部门|各县直部门|县级各部门|县直各部门(单位)"),
]


def seed(model) -> int:
    """Add the shipped terms that are not there yet and return how many were added.

    Args:
        model: CollectiveTerm, or its historical model in a migration.
    """
    known = set(model.objects.filter(county=None).values_list("name", flat=True))
    rows = [
        model(name=name, scope=scope, aliases=aliases)
        for name, scope, aliases in TERMS
        if name not in known
    ]
    model.objects.bulk_create(rows)
    return len(rows)
