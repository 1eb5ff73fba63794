// Writing an application: run flows as rows instead of lines. Comfort only; the textarea stays the truth.
"use strict";

const FIELDS = ["办理单位", "办理内容", "时限", "材料"];

function cells(line) {
  const parts = line.replaceAll("｜", "|").split("|").map((one) => one.trim());
  return FIELDS.map((_, place) => parts[place] || "");
}

function told(row) {
  const parts = [...row.querySelectorAll("input")].map((one) => one.value.replaceAll("|", "/").trim());
  while (parts.length && !parts[parts.length - 1]) parts.pop();
  return parts.join("|");
}

function button(label, act) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = "btn small";
  node.textContent = label;
  node.addEventListener("click", act);
  return node;
}

function editor(area) {
  const box = document.createElement("div");
  box.className = "flow-edit";
  const heads = document.createElement("div");
  heads.className = "flow-line flow-heads";
  heads.setAttribute("aria-hidden", "true");
  for (const one of [...FIELDS, ""]) heads.append(Object.assign(document.createElement("span"), { textContent: one }));
  const rows = document.createElement("div");
  rows.className = "flow-edit";

  function sync() {
    area.value = [...rows.children].map(told).filter(Boolean).join("\n");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    [...rows.children].forEach((row, place) => {
      row.querySelectorAll("input").forEach((input, nth) => {
        input.setAttribute("aria-label", `第${place + 1}步 ${FIELDS[nth]}`);
      });
      row.querySelector("button").setAttribute("aria-label", `删除第${place + 1}步`);
    });
  }

  function add(values) {
    const row = document.createElement("div");
    row.className = "flow-line";
    values.forEach((value, nth) => {
      const input = document.createElement("input");
      input.value = value;
      input.placeholder = FIELDS[nth] + (nth > 1 ? "(可空)" : "");
      input.addEventListener("input", sync);
      row.append(input);
    });
    row.append(button("删除", () => { row.remove(); sync(); }));
    rows.append(row);
    return row;
  }

  for (const line of area.value.split("\n").filter((one) => one.trim())) add(cells(line));
  if (!rows.children.length) add(FIELDS.map(() => ""));
  const more = button("添加一步", () => { add(FIELDS.map(() => "")).querySelector("input").focus(); sync(); });
  box.append(heads, rows, more);
  area.hidden = true;
  area.after(box);
  const dirty = area.form.dataset.dirty;
  sync();
  if (!dirty) delete area.form.dataset.dirty;
}

function begin(root) {
  for (const area of root.querySelectorAll("[data-flow] textarea:not([hidden])")) editor(area);
}

document.addEventListener("DOMContentLoaded", () => begin(document));
if (document.readyState !== "loading") begin(document);
document.addEventListener("htmx:afterSettle", () => begin(document));
