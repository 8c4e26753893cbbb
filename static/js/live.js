// What can change while a page is open asks again (hx-trigger="look from:body"), as long as somebody has it before them.
// Asking costs the server 6 ms twice a minute; a stream would hold one of its few threads for as long as a page is open.
const EVERY = 30000;

function look() {
  if (document.visibilityState === "visible" && navigator.onLine) htmx.trigger(document.body, "look");
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
