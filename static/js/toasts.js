// A toast leaves after eight seconds, but stays while it is pointed at or focused.
const SHOWN = 8000;
const seen = new WeakSet();

function watch(toast) {
  if (seen.has(toast)) return;
  seen.add(toast);
  let timer = 0;
  const start = () => (timer = setTimeout(() => toast.remove(), SHOWN));
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

const all = () => document.querySelectorAll("[data-toast]").forEach(watch);
all();
for (const name of ["htmx:oobAfterSwap", "htmx:afterSettle"]) document.body.addEventListener(name, all);
new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
