// The list under the quick log line, after the combobox pattern: arrows choose, Enter or Tab takes, Escape puts it away.
// What a choice does is written in it by the server: the whole line it makes.
const line = () => document.getElementById("log");
// A list that was made for what stood in the line a moment ago must not be taken for what stands there now.
function options() {
  const list = document.getElementById("log-list");
  return list && list.dataset.for === line()?.value ? [...list.querySelectorAll("[role=option]")] : [];
}
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

function announce() {
  const field = line();
  if (!field) return;
  field.setAttribute("aria-expanded", String(options().length > 0));
  const option = chosen();
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function move(step) {
  const all = options();
  const at = all.indexOf(chosen());
  const next = at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length;
  for (const option of all) option.setAttribute("aria-selected", String(option === all[next]));
  all[next].scrollIntoView({ block: "nearest" });
  announce();
}

function close() {
  document.getElementById("log-list")?.remove();
  announce();
}

function take(option) {
  const field = line();
  field.value = option.dataset.line;
  close();
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "log" || event.isComposing || event.keyCode === 229 || !options().length) return;
  const deeds = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Escape: close,
    Enter: chosen() && (() => take(chosen())),
    Tab: !event.shiftKey && chosen() && (() => take(chosen())),
  };
  if (!deeds[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  deeds[event.key]();
}, true);

// On press, not on click: the line must not lose its focus first.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("#log-list [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});

document.body.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id !== "log-options") return;
  // An answer to what was typed before the line was sent comes too late.
  if (line() && !line().value) close();
  announce();
});
