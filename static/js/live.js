// What can change while a page is open asks again (hx-trigger="look from:body"), as long as somebody has it before them.
const EVERY = 30000;

function look() {
  if (document.visibilityState === "visible" && navigator.onLine) htmx.trigger(document.body, "look");
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
