// The future map: an item opens beside it, and the slider goes from version to version.
const panel = () => document.getElementById("panel");
let opener = null;
let place; // the address of the map, without what is open beside it

document.addEventListener("click", (event) => {
  const item = event.target.closest?.("#map .plan, .cores .plan");
  if (item) opener = item;
  const close = event.target.closest?.("[data-panel-close]");
  if (close && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    closePanel();
  }
});

function closePanel() {
  panel().replaceChildren();
  history.replaceState(history.state, "", place);
  // In the list an item has no id, for it stands in every quarter that it lasts; the picture may have been drawn anew.
  const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
  (back || document.getElementById("main")).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.querySelector("#panel [data-panel-close]")) closePanel();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "panel") event.target.querySelector("[tabindex='-1']")?.focus();
});

// ---- what is typed beside the map ----
// A form that is closed before it was sent keeps what was typed, for when it is opened again.
const typed = new Map();

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("#panel form");
  if (form) typed.set(form.action, [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
});
document.addEventListener("submit", (event) => typed.delete(event.target.action));
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "panel") return;
  for (const form of event.target.querySelectorAll("form")) {
    const values = typed.get(form.action);
    if (!values) continue;
    for (const field of form.elements) {
      const said = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) field.checked = said.includes(field.value);
      else if (said.length && field.type !== "submit") field.value = said[0];
    }
    const folded = form.closest("details");
    if (folded) folded.open = true;
    event.target.querySelector("[data-typed-again]").hidden = false;
  }
});

// Without script there is no searching, and the newest are offered to choose from.
for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

// What is ticked while an answer is under way must not be lost to it: it is asked for anew.
document.addEventListener("change", (event) => {
  const search = document.getElementById("find-evidence");
  if (event.target.name === "evidence" && search?.classList.contains("htmx-request")) htmx.trigger(search, "again");
});

document.addEventListener("click", (event) => event.target.closest?.("[data-print]") && print());

// ---- a map that is wider than the page ----
// It begins where today is, and stays where it was when it is drawn anew.
const wide = () => document.querySelector(".map-scroll");
const today = wide()?.querySelector(".today");
if (today) wide().scrollLeft += today.getBoundingClientRect().left - innerWidth * 0.7;
let along = 0;
document.addEventListener("htmx:beforeSwap", () => (along = wide()?.scrollLeft ?? 0));
document.addEventListener("htmx:afterSwap", () => wide() && (wide().scrollLeft = along));

// ---- the slider ----
const slider = () => document.querySelector("[data-slider]");

// With script the map follows the slider by itself. The browser's back button brings the page anew, not this script.
function arrive() {
  place = location.href;
  const go = document.querySelector("[data-slider-go]");
  if (go) go.hidden = true;
}
arrive();
document.addEventListener("htmx:historyRestore", arrive);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "moved") place = location.href;
});

document.addEventListener("keydown", (event) => {
  const range = event.target;
  if (range !== slider() || !["PageUp", "PageDown"].includes(event.key)) return;
  event.preventDefault();
  const stops = range.dataset.stops.split(",").map(Number);
  const now = Number(range.value);
  const next = event.key === "PageUp" ? stops.find((stop) => stop > now) : stops.findLast((stop) => stop < now);
  range.value = next ?? (event.key === "PageUp" ? range.max : 0);
  range.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("htmx:oobAfterSwap", () => {
  slider()?.setAttribute("aria-valuetext", document.getElementById("asof-day").textContent);
});
