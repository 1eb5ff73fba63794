"""The style guide at /_ui/: every component with example data; only in development and demo."""

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import render

from governance.forms import FilesField
from governance.views import samples


class SampleForm(forms.Form):
    """Every kind of field."""

    kind = forms.ChoiceField(
        label="紧急程度",
        choices=[("complex", "复杂"), ("major", "重点"), ("urgent", "应急")],
        widget=forms.RadioSelect,
    )
    kind.widget.notes = {"complex": "可呼", "major": "要呼", "urgent": "必呼,直达部门"}
    title = forms.CharField(label="什么事", help_text="一句话,写清地点和问题", max_length=60)
    text = forms.CharField(label="具体情况", widget=forms.Textarea)
    reason = forms.CharField(label="为什么不能自行解决")
    item = forms.ChoiceField(
        label="清单事项",
        choices=[("", "请选择"), ("7", "占道经营和马路市场整治"), ("9", "食品摊点监管")],
    )
    day = forms.DateField(label="发生日期", required=False)
    at = forms.DateTimeField(label="到场时间", required=False, widget=forms.DateTimeInput)
    units = forms.MultipleChoiceField(
        label="配合部门",
        required=False,
        choices=[("1", "县公安局"), ("2", "县市场监督管理局"), ("3", "县水利局")],
        widget=forms.CheckboxSelectMultiple,
    )
    checked = forms.BooleanField(label="已自查:本镇确无处置权限或力量")
    photos = FilesField(label="现场照片", help_text="每张不超过 10 MB,最多 9 张")


class FilterForm(forms.Form):
    """The filters of a list."""

    q = forms.CharField(label="关键字", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("late", "已超期"), ("open", "办理中")]
    )
    unit = forms.ChoiceField(
        label="乡镇", required=False, choices=[("", "全部"), ("1", "清泉街道"), ("2", "柳林镇")]
    )
    since = forms.DateField(label="发起自", required=False)


def sample_forms() -> dict:
    """A fresh form, and one that was refused."""
    typed = {
        "kind": "major",
        "title": "集市东口熟食摊无证经营",
        "text": "主街北段约 40 个摊位占道。",
    }
    refused = SampleForm(typed)
    refused.is_valid()
    return {"form": SampleForm(), "refused": refused, "filter_form": FilterForm({"state": "late"})}


def styleguide(request):
    """Every component on one page."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    if "paper" in request.GET:
        return render(request, "ui/styleguide_paper.html")
    days, lead = samples.sample_days()
    context = {
        "clocks": samples.sample_clocks(),
        "parts": samples.sample_parts(),
        "events": samples.sample_events(),
        "items": samples.sample_todo(),
        "line": samples.sample_line(),
        "next_steps": samples.sample_steps(),
        "table": samples.sample_table(),
        "days": days,
        "lead": lead,
        "figures": samples.sample_figures(),
        "files": [file for event in samples.sample_events() for file in event.get("files", ())] * 2,
        **samples.sample_words(),
        **sample_forms(),
    }
    return render(request, "ui/styleguide.html", context)
