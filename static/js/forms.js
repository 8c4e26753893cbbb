// Small helps for forms: the error summary takes the focus, "again" buttons carry their entry's values, a submission id
// is fresh for every new send, the browser's time zone is proposed, and a link field selects itself.
document.querySelector("[data-focus]")?.focus();

document.addEventListener("click", (event) => {
  const again = event.target.closest?.("[data-again]");
  if (!again) return;
  const values = JSON.parse(again.dataset.again);
  const form = document.querySelector("[data-again-form]");
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
});

// A page that comes back by the back button must not send under the old id.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const field of document.querySelectorAll("[data-fresh-id]")) field.value = crypto.randomUUID();
});

for (const select of document.querySelectorAll("[data-guess-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const fits = [...select.options].some((option) => option.value === zone);
  if (fits && select.value === "UTC") select.value = zone;
}

// A menu or a tip closes when the focus leaves it, on Escape, and when something else is pressed.
const menus = () => document.querySelectorAll("[data-menu][open], .tip[open]");
for (const name of ["click", "focusin"]) {
  document.addEventListener(name, (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What a phone folds lies open where there is room for it.
if (matchMedia("(min-width: 52.01rem)").matches) {
  for (const fold of document.querySelectorAll("[data-open-wide]")) fold.open = true;
}

// What is newest stands at the right: wide charts and the week sheet open there on a narrow screen.
for (const wide of document.querySelectorAll("[data-to-end]")) wide.scrollLeft = wide.scrollWidth;
for (const wide of document.querySelectorAll("[data-to-today]")) {
  const today = wide.querySelector("[aria-current=date]");
  const first = wide.querySelector("th");
  if (today && wide.scrollWidth > wide.clientWidth) wide.scrollLeft = today.offsetLeft - first.offsetWidth;
}

for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Words offered beside a text go to where its cursor stands, at first to its end.
for (const button of document.querySelectorAll("[data-insert]")) {
  const field = document.querySelector(button.dataset.insert);
  field.setSelectionRange(field.value.length, field.value.length);
  button.hidden = false;
  button.addEventListener("click", () => {
    const { selectionStart: start, selectionEnd: end, value } = field;
    const gap = start && !/\s/.test(value[start - 1]) ? "\n" : "";
    field.setRangeText(gap + button.value, start, end, "end");
    field.focus();
  });
}

// Only where the browser lets a page copy: over https, and on this very machine.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).value);
    button.textContent = button.dataset.copied;
  });
}
