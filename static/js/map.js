// The future map: an item opens beside it, and the slider goes from version to version.
const panel = () => document.getElementById("panel");
let opener = "";

document.addEventListener("click", (event) => {
  const item = event.target.closest?.("#map .plan, .cores .plan");
  if (item) opener = item.id;
  const close = event.target.closest?.("[data-panel-close]");
  if (close && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    closePanel(close.href);
  }
});

function closePanel(address) {
  panel().replaceChildren();
  history.replaceState(history.state, "", address);
  (document.getElementById(opener) ?? document.getElementById("main")).focus();
}

document.addEventListener("keydown", (event) => {
  const close = event.key === "Escape" && document.querySelector("#panel [data-panel-close]");
  if (close) closePanel(close.href);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "panel") event.target.querySelector("[tabindex='-1']")?.focus();
});

// ---- the slider ----
const slider = document.querySelector("[data-slider]");
if (slider) {
  // With script the map follows the slider by itself.
  document.querySelector("[data-slider-go]").hidden = true;
  const stops = slider.dataset.stops.split(",").map(Number);
  slider.addEventListener("keydown", (event) => {
    const now = Number(slider.value);
    let next;
    if (event.key === "PageUp") next = stops.find((stop) => stop > now) ?? Number(slider.max);
    else if (event.key === "PageDown") next = stops.findLast((stop) => stop < now) ?? 0;
    else return;
    event.preventDefault();
    slider.value = next;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    slider.setAttribute("aria-valuetext", document.getElementById("asof-day").textContent);
  });
}
