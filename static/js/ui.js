// Comfort for every page; each page works without it. No inline script, no eval, no request off-site.
"use strict";

const byId = (id) => document.getElementById(id);
const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

// -- drawers: clauses, "why this day", help ---------------------------------------------------

let opener = null;

function show(dialog, from) {
  if (!dialog) return;
  opener = from || opener;
  if (location.hash === "#" + dialog.id) history.replaceState(null, "", location.pathname + location.search);
  if (!dialog.open) dialog.showModal();
}

function openInDrawer(link) {
  const body = byId("drawer-body");
  if (!body || !window.htmx) return false;
  window.htmx
    .ajax("GET", link.href, { target: body, select: "#page", swap: "innerHTML" })
    .then(() => {
      const page = body.querySelector("#page"); // its content only: one #page per document
      if (page) body.replaceChildren(...page.childNodes);
      if (body.firstElementChild) show(byId("drawer"), link);
      else location.assign(link.href);
    });
  return true;
}

document.addEventListener("close", (event) => {
  if (event.target instanceof HTMLDialogElement && opener) {
    opener.focus();
    opener = null;
  }
}, true);

// -- clicks -----------------------------------------------------------------------------------

function plainClick(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

function openPanel(link) {
  const panel = byId("step-panel");
  if (!panel || !window.htmx) return false;
  if (panel.querySelector("form[data-dirty]") && !confirm("已填写的内容尚未提交,确定放弃?")) return true;
  window.htmx
    .ajax("GET", link.href.split("#")[0], { target: panel, select: "#step-panel", swap: "outerHTML" })
    .then(() => {
      const fresh = byId("step-panel");
      if (!fresh || !fresh.firstElementChild) {
        location.assign(link.href);
        return;
      }
      fresh.scrollIntoView({ block: "start", behavior: "smooth" });
      const first = fresh.querySelector("input:not([type=hidden]), textarea, select, button");
      if (first) first.focus({ preventScroll: true });
    });
  return true;
}

const handlers = {
  "[data-open]": (node) => { show(byId(node.dataset.open), node); return true; },
  "a[data-drawer]": openInDrawer,
  "a[data-panel]": openPanel,
  "[data-panel-close]": () => {
    const panel = byId("step-panel");
    if (!panel || !document.querySelector("a[data-panel]")) return false;
    panel.replaceChildren();
    return true;
  },
  "[data-close]": (node) => { const box = node.closest("dialog"); if (!box || !box.open) return false; box.close(); return true; },
  "[data-dismiss]": (node) => { node.closest(".notice").remove(); return true; },
  "[data-print]": () => { window.print(); return true; },
  "[data-nav-open]": () => { toggleNav(true); return true; },
  "[data-nav-close]": () => { toggleNav(false); return true; },
  ".filters-toggle": (node) => {
    const open = node.closest(".filters").classList.toggle("open");
    node.setAttribute("aria-expanded", String(open));
    return true;
  },
};

document.addEventListener("click", (event) => {
  if (!plainClick(event)) return;
  for (const [selector, act] of Object.entries(handlers)) {
    const node = closest(event, selector);
    if (node && act(node)) { event.preventDefault(); return; }
  }
  if (event.target instanceof HTMLDialogElement && event.target.classList.contains("drawer")) event.target.close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const side = byId("nav");
  if (side && side.classList.contains("open") && !side.contains(event.target)) toggleNav(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  toggleNav(false);
});

function toggleNav(open) {
  const side = byId("nav");
  if (!side || side.classList.contains("open") === open) return;
  side.classList.toggle("open", open);
  document.querySelector(".main")?.toggleAttribute("inert", open);
  const target = open ? side.querySelector(".nav a") : document.querySelector("[data-nav-open]");
  if (target) target.focus();
}

// -- forms ------------------------------------------------------------------------------------

// A second click on a submit button does not send the form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.removeAttribute("data-dirty");
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// What was typed is not lost by leaving unawares.
document.addEventListener("input", (event) => {
  const form = closest(event, "form[data-guard]");
  if (form) form.dataset.dirty = "1";
});
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// Tick all rows of a list.
document.addEventListener("change", (event) => {
  const all = closest(event, "[data-pick-all]");
  if (!all) return;
  for (const box of all.closest("table").querySelectorAll("input[name=pick]")) box.checked = all.checked;
});

// -- chosen files: names, and small pictures drawn without a blob address (CSP) ------------------

function sizeOf(bytes) {
  return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
}

async function preview(file) {
  const item = document.createElement("div");
  item.className = "file";
  const thumb = document.createElement("span");
  thumb.className = "thumb";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "size";
  size.textContent = sizeOf(file.size);
  item.append(thumb, name, size);
  try {
    const picture = await createImageBitmap(file, { resizeWidth: 240, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    thumb.append(canvas);
  } catch {
    thumb.textContent = (file.name.split(".").pop() || "文件").slice(0, 5).toUpperCase();
  }
  return item;
}

async function listChosen(box) {
  const files = [...box.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const items = await Promise.all(files.map(preview));
  box.querySelector(".chosen").replaceChildren(...items);
}

document.addEventListener("change", (event) => {
  const box = closest(event, "[data-upload]");
  if (box) listChosen(box);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const box = closest(event, "[data-upload]");
    if (!box) return;
    event.preventDefault();
    box.classList.toggle("over", kind === "dragover");
    const input = box.querySelector("input[type=file]:not([capture])");
    if (kind === "drop" && input && event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      listChosen(box);
    }
  });
}

// -- htmx -------------------------------------------------------------------------------------

// A fragment request that was redirected means: the thing is done, read the page afresh.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  if (!xhr.responseURL || !pathInfo) return;
  const asked = new URL(pathInfo.finalRequestPath || pathInfo.requestPath, location.href);
  const came = new URL(xhr.responseURL);
  if (asked.pathname !== came.pathname) {
    event.detail.shouldSwap = false;
    location.assign(came.href);
  }
});

document.addEventListener("htmx:responseError", () => toast("服务器暂时没有响应,请稍后重试。", "red"));
document.addEventListener("htmx:sendError", () => toast("网络不通,请检查连接后重试。", "red"));
document.addEventListener("toast", (event) => toast(event.detail.text || event.detail.value, event.detail.tone));

function toast(text, tone) {
  const place = byId("toasts");
  if (!place || !text) return;
  const note = document.createElement("div");
  note.className = "notice " + (tone || "");
  note.textContent = text;
  place.append(note);
  setTimeout(() => note.remove(), 8000);
}

// -- on arrival -------------------------------------------------------------------------------

const errors = document.querySelector("[data-focus]");
if (errors) errors.focus();
if (location.hash === "#help") show(byId("help"));
