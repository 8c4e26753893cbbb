// Keyboard shortcuts (design guide, section 7). They never fire in a field, with a modifier, or during kana conversion.
const off = () => document.body.dataset.shortcuts !== "on";
const typing = (target) =>
  target instanceof Element && target.closest("input:not([type=range]), textarea, select, [contenteditable]") !== null;
let goPending = 0;
let current = -1;

const click = (selector) => {
  const element = document.querySelector(selector);
  if (element) element.click();
  return element !== null;
};
const entries = () => [...document.querySelectorAll("[data-entry]")];

function move(step) {
  const rows = entries();
  if (!rows.length) return;
  const focused = rows.findIndex((row) => row.contains(document.activeElement));
  current = Math.min(rows.length - 1, Math.max(0, (focused >= 0 ? focused : current) + step));
  rows[current].querySelector("a, [tabindex]")?.focus();
}

function inEntry(selector) {
  document.activeElement?.closest("[data-entry]")?.querySelector(selector)?.click();
}

function go(key) {
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
}

function log() {
  const line = document.getElementById("log");
  if (line) {
    line.focus();
    line.scrollIntoView({ block: "center" });
  } else location.assign(document.body.dataset.logPage);
}

function find(search) {
  const folded = search.closest("details");
  if (folded) folded.open = true;
  search.focus();
}

// `/` on another page leads here, to search at once.
if (new URLSearchParams(location.search).has("find")) {
  const search = document.querySelector("[data-search]");
  if (search) find(search);
}

const deeds = {
  l: log,
  t: () => click("main [data-timer]") || click("[data-timer]"),
  u: () => click("[data-undo]"),
  j: () => move(1),
  k: () => move(-1),
  r: () => inEntry("[data-again]"),
  e: () => inEntry("[data-edit]"),
  "/": () => {
    const search = document.querySelector("[data-search]");
    if (!search) return location.assign(document.body.dataset.searchPage);
    find(search);
  },
  "[": () => click("[data-previous]"),
  "]": () => click("[data-next]"),
  "?": () => location.assign(document.body.dataset.shortcutsPage),
};

document.addEventListener("keydown", (event) => {
  if (off() || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (Date.now() - goPending < 1500) {
    goPending = 0;
    event.preventDefault();
    return go(key);
  }
  if (key === "g") {
    goPending = Date.now();
  } else if (/^[1-4]$/.test(key)) {
    if (click(`[data-repeats] [data-key="${key}"]`)) event.preventDefault();
  } else if (deeds[key]) {
    event.preventDefault();
    deeds[key]();
  }
});

document.addEventListener("click", (event) => {
  const slot = event.target.closest?.("[data-log]");
  if (slot && document.getElementById("log")) {
    event.preventDefault();
    log();
  }
});
