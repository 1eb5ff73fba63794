// The filing form: one tap chooses a suggested item; the phone's position. Both are comfort only.
"use strict";

document.addEventListener("click", (event) => {
  const card = event.target instanceof Element && event.target.closest("[data-choose-item]");
  const select = document.getElementById("id_item");
  if (card && select) {
    select.value = card.dataset.chooseItem;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    for (const other of document.querySelectorAll("[data-choose-item]")) {
      other.setAttribute("aria-pressed", String(other === card));
    }
  }
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-locate]");
  if (!button) return;
  const box = button.closest("[data-locate-box]");
  const said = box.querySelector("[data-locate-said]");
  if (!navigator.geolocation || !window.isSecureContext) {
    said.textContent = "此设备或网络不支持定位,请在“地点”中写明位置。";
    return;
  }
  said.textContent = "正在定位…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      box.querySelector("[name=latitude]").value = coords.latitude.toFixed(6);
      box.querySelector("[name=longitude]").value = coords.longitude.toFixed(6);
      said.textContent = `已记录当前位置,误差约 ${Math.round(coords.accuracy)} 米`;
    },
    () => { said.textContent = "没有取得位置(可能未授权),请在“地点”中写明。"; },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
});

// The Enter key of a phone ends a line of typing, it does not send the call.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && field instanceof HTMLInputElement && field.closest("form.filing")) {
    if (!["checkbox", "radio", "file", "submit"].includes(field.type)) event.preventDefault();
  }
});
