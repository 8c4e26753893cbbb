// Drawing by hand: an item is dragged, or pulled at its end, and the arrow keys do the same. What the server makes of it
// comes back as the whole picture, so that nothing on the page is ever a guess.
const WEEK = 7;
const SLOP = 4; // pixels that are still a click
const EDGE = 12; // pixels at the right end that pull it

const field = () => document.querySelector("[data-draft]");
const shown = (plan) => plan?.matches("#map .plan[id^='i-']");

let sent = null;

const waiting = [];
let isSending = false;

// One after the other: what comes for the same item while one is on its way is added up, so that no key press is lost.
function send(plan, values) {
  sent = plan;
  const last = waiting.at(-1);
  if (last?.id === plan.id && !("lane" in last.values) && !("lane" in values)) {
    for (const [name, by] of Object.entries(values)) last.values[name] = (last.values[name] ?? 0) + by;
  } else waiting.push({ id: plan.id, values: { ...values } });
  if (!isSending) sendAll();
}

async function sendAll() {
  isSending = true;
  const { move, map } = field().dataset;
  while (waiting.length) {
    const { id, values } = waiting.shift();
    const address = move.replace("item-id", encodeURIComponent(id.slice(2)));
    const how = { source: field(), target: "#drawn", swap: "innerHTML show:none", values: { map, ...values } };
    await htmx.ajax("POST", address, how).catch(() => {});
  }
  isSending = false;
}

// ---- keys ----
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey) return undo(event);
  const plan = document.activeElement;
  if (!shown(plan)) return;
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const lane = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!lane && (!way || event.altKey)) return;
  event.preventDefault();
  if (lane) send(plan, { lane });
  else send(plan, event.shiftKey ? { longer: way * WEEK } : { days: way * WEEK });
});

function undo(event) {
  if (!(event.ctrlKey || event.metaKey) || event.target.closest?.("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  const again = key === "y" || (key === "z" && event.shiftKey);
  if (key !== "z" && !again) return;
  const button = document.querySelector(again ? "[data-redo-step]" : "[data-undo-step]");
  if (!button || button.ariaDisabled) return;
  event.preventDefault();
  button.click();
}

// ---- the pointer ----
let drag = null;

document.addEventListener("pointerdown", (event) => {
  const plan = event.target.closest?.(".plan");
  if (!shown(plan) || event.button) return;
  const box = plan.getBoundingClientRect();
  const plot = plan.closest(".lane__plot").getBoundingClientRect();
  drag = {
    plan,
    x: event.clientX,
    y: event.clientY,
    perDay: plot.width / Number(field().dataset.days),
    pulls: edge(plan, box, event.clientX),
    moved: false,
    lane: null,
  };
});

// Which end is pulled, if any.
function edge(plan, box, x) {
  if (plan.matches(".plan--short")) return "";
  return box.right - x <= EDGE ? "longer" : x - box.left <= EDGE ? "starts" : "";
}

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const across = event.clientX - drag.x;
  const down = event.clientY - drag.y;
  if (!drag.moved && Math.hypot(across, down) < SLOP) return;
  event.preventDefault();
  if (!drag.moved) {
    drag.moved = true;
    drag.plan.setPointerCapture?.(event.pointerId);
    drag.plan.classList.add(drag.pulls ? "is-pulled" : "is-dragged");
  }
  drag.days = Math.round(across / drag.perDay);
  if (drag.pulls) drag.plan.style[drag.pulls === "longer" ? "marginInlineEnd" : "marginInlineStart"] = `${drag.pulls === "longer" ? -across : across}px`;
  else drag.plan.style.translate = `${across}px ${down}px`;
  drag.lane = drag.pulls ? null : laneAt(event);
  for (const lane of document.querySelectorAll("#map [data-lane]")) lane.classList.toggle("is-target", lane === drag.lane);
});

// What lies under the pointer is the item itself; the lanes are found by their place.
function laneAt(event) {
  return [...document.querySelectorAll("#map [data-lane]")].find((lane) => {
    const box = lane.getBoundingClientRect();
    return event.clientY >= box.top && event.clientY <= box.bottom;
  });
}

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { plan, moved, pulls, days, lane } = drag;
  drag = null;
  if (!moved) return;
  // The click that follows a drag opens nothing.
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => {
    removeEventListener("click", swallow, { capture: true });
    plan.focus();
  }, 0);
  const here = plan.closest("[data-lane]");
  const values = { [pulls || "days"]: days };
  if (lane && lane !== here) values.lane = lane.dataset.lane;
  if (days || values.lane) send(plan, values);
  else settle(plan);
});

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointercancel", () => {
  if (drag) settle(drag.plan);
  drag = null;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  settle(drag.plan);
  // The pointer is still down on it; letting go opens nothing.
  if (drag.moved) {
    addEventListener("click", swallow, { capture: true, once: true });
    addEventListener("pointerup", () => setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0), { once: true });
  }
  drag = null;
});

function settle(plan) {
  plan.classList.remove("is-dragged", "is-pulled");
  plan.style.translate = "";
  plan.style.marginInlineEnd = "";
  plan.style.marginInlineStart = "";
  for (const lane of document.querySelectorAll("#map .is-target")) lane.classList.remove("is-target");
}

// A link's own drag would take the item for an address.
document.addEventListener("dragstart", (event) => {
  if (shown(event.target.closest?.(".plan"))) event.preventDefault();
});

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => {
    if (sent) settle(sent);
  });
}
