"""Sheets of run flows for tests."""

import io

import openpyxl

HEADINGS = ["事项", "序号", "办理单位", "办理内容", "时限", "材料"]
STEPS = (
    ["秸秆禁烧", 1, "清泉街道", "巡查发现火点", "即时", "巡查记录"],
    ["", 2, "县农业农村局", "到场处置、立案", "2个工作日", "现场笔录"],
    ["", 3, "县公安局", "依法处罚", "", ""],
    ["河道采砂监管", 1, "县水利局", "核查", "3日", "核查表"],
)


def flow_sheet(*lines, headings=HEADINGS) -> bytes:
    """A workbook of flows with these lines below the headings."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "运行流程"
    sheet.append(headings)
    for line in lines or STEPS:
        sheet.append(list(line))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
