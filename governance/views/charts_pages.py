"""权限矩阵 and 状态图: drawn from the code itself, so that they never lie."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance import flowcharts, kinds, lifelines
from governance.context import book_of_reader


def kind_tabs(name: str, chosen) -> list[dict]:
    """One tab per kind of matter."""
    return [
        {
            "label": model._meta.verbose_name,
            "url": reverse(name, args=[model._meta.label_lower]),
            "active": model is chosen,
        }
        for model in kinds.kinds()
    ]


def kind_or_404(label: str):
    """The kind named in an address; the first one for an empty name."""
    found = kinds.kind_named(label) if label else next(iter(kinds.kinds()), None)
    if found is None:
        raise Http404("没有这类办件。")
    return found


@login_required
@require_safe
def permissions(request, label: str = ""):
    """Who may do which step in which state, for one kind of matter."""
    model = kind_or_404(label)
    roles = {post.role for post in request.user.posts_held()}
    table, book = flowcharts.matrix(model, roles), book_of_reader(request)
    context = {
        "kind": model._meta.verbose_name,
        "tabs": kind_tabs("permissions", model),
        "states": table["states"],
        "rows": [row | {"clause": model.cited_under(book, row["clause"])} for row in table["rows"]],
        "chart_url": reverse("statechart", args=[model._meta.label_lower]),
    }
    return render(request, "governance/permissions.html", context)


@login_required
@require_safe
def statechart(request, label: str = ""):
    """The states of one kind as columns, its steps as arrows; beside it the same as a table."""
    model = kind_or_404(label)
    if request.GET.get("as") == "mermaid":
        text = flowcharts.mermaid(model)
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    states, book = flowcharts.states_of(model), book_of_reader(request)
    context = {
        "kind": model._meta.verbose_name,
        "tabs": kind_tabs("statechart", model),
        "chart": lifelines.drawn(model),
        "arrows": [
            {
                "label": arrow.step.label,
                "who": arrow.step.who.label,
                "clause": model.cited_under(book, arrow.step.clause),
                "source": states[arrow.source],
                "targets": "、".join(states[end] for end in arrow.targets)
                if arrow.targets != (arrow.source,)
                else "不变",
            }
            for arrow in flowcharts.arrows(model)
        ],
        "matrix_url": reverse("permissions", args=[model._meta.label_lower]),
        "mermaid_url": "?as=mermaid",
    }
    return render(request, "governance/statechart.html", context)
