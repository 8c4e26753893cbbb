// The quick log line: Enter during kana conversion never submits; after an entry the line clears and keeps its focus;
// what can't be sent is kept on this device and sent later, once, under the same submission id.
const form = () => document.querySelector("[data-quicklog]");
const key = () => `miraizu.waiting.${document.body.dataset.member}`;
const waiting = () => JSON.parse(localStorage.getItem(key()) ?? "[]");
const keep = (lines) => localStorage.setItem(key(), JSON.stringify(lines));
// The day it is in the member's own zone, by which the server counts: the device may be somewhere else.
const today = () => {
  const shape = { year: "numeric", month: "2-digit", day: "2-digit" };
  try {
    return new Intl.DateTimeFormat("sv-SE", { ...shape, timeZone: document.body.dataset.zone }).format();
  } catch { // a zone this browser does not know
    return new Intl.DateTimeFormat("sv-SE", shape).format();
  }
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229) && event.target.id === "log") {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

// A reading that comes after its line was sent would speak of nothing; and what is typed while a line is on its way
// must not be cleared with it.
let sent = "";
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const line = document.getElementById("log");
  // The answer to a line that was sent stands; its reading would only cover it.
  if (event.target === line && line.value && line.value === sent) event.preventDefault();
  if (event.target !== form()) return;
  sent = document.getElementById("log").value;
  window.htmx.trigger("#log", "htmx:abort");
});

document.body.addEventListener("logged", () => {
  const line = document.getElementById("log");
  if (!line) return;
  keep(waiting().filter((kept) => kept.id !== sentId));
  if (line.value === sent) line.value = "";
  line.focus();
  line.dispatchEvent(new Event("input", { bubbles: true }));
});

let sentId = "";
document.body.addEventListener("htmx:configRequest", (event) => {
  if (event.target === form()) sentId = event.detail.parameters.submission_id;
});

let refused = false;

function show() {
  const place = form()?.querySelector("#reads");
  const lines = waiting().filter((kept) => !kept.asks);
  if (!place) return;
  place.querySelector(".waiting")?.remove();
  if (!lines.length) return;
  const said = form().dataset;
  const box = document.createElement("span");
  box.className = "waiting";
  const tag = document.createElement("span");
  tag.className = "tag tag--pencil";
  tag.textContent = lines.length === 1 ? said.offlineOne : said.offlineMany.replace("{n}", lines.length);
  const why = document.createElement("span");
  why.textContent = refused ? said.offlineRefused : said.offlineWhy;
  box.append(tag, why);
  place.append(box);
}

function store(line, id) {
  const lines = waiting();
  if (line && !lines.some((kept) => kept.id === id)) keep([...lines, { line, id, day: today() }]);
  show();
}

function storeTyped(line, id) {
  store(line, id);
  document.getElementById("log").value = "";
  const submission = form().querySelector("[name=submission_id]");
  submission.value = crypto.randomUUID();
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => {
    if (event.target !== form()) return;
    storeTyped(event.detail.requestConfig.parameters.line, event.detail.requestConfig.parameters.submission_id);
  });
}

// A repeat pressed while offline is kept as the line that says the same. It must not leave for the browser's error page.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || !event.submitter?.dataset.line || !form()) return;
  event.preventDefault();
  store(event.submitter.dataset.line, crypto.randomUUID());
});

// A kept line that turns out unclear comes back into the line with its question, and stays kept until it is logged.
async function ask(kept, answer) {
  const line = document.getElementById("log");
  if (line.value) return;
  line.value = kept.line;
  form().querySelector("[name=submission_id]").value = kept.id;
  form().querySelector("[name=typed_on]").value = kept.day;
  const asked = new DOMParser().parseFromString(await answer.text(), "text/html");
  asked.getElementById("log-options")?.remove();
  window.htmx.trigger("#log", "htmx:abort"); // the reading of what stood there before would cover the question
  form().querySelector("#reads").replaceChildren(...asked.body.childNodes);
  keep(waiting().map((other) => (other.id === kept.id ? { ...other, asks: true } : other)));
}

// The page with what is in the log by now; while a line stands in the field, only the lists around it.
function showLogged() {
  if (!document.getElementById("log").value) return location.reload();
  for (const place of ["#today", "#log-days"]) {
    if (!document.querySelector(place)) continue;
    window.htmx.ajax("GET", location.href, { target: place, select: place, swap: "outerHTML" });
  }
}

let sending = false;
let pause = 1_000; // milliseconds until the next try, where the line is there but nothing comes through yet
async function send() {
  if (sending || !form() || !waiting().length || !navigator.onLine) return;
  sending = true;
  let count = 0;
  try {
    for (const kept of waiting().filter((each) => !each.asks || !document.getElementById("log").value)) {
      const body = new FormData();
      body.set("line", kept.line);
      body.set("submission_id", kept.id);
      body.set("typed_on", kept.day);
      const headers = { "X-CSRFToken": form().querySelector("[name=csrfmiddlewaretoken]").value, "HX-Request": "true" };
      const answer = await fetch(form().action, { method: "POST", body, headers });
      if (answer.status === 422) {
        await ask(kept, answer);
        break;
      }
      refused = !answer.ok;
      if (refused) break;
      keep(waiting().filter((other) => other.id !== kept.id));
      count += 1;
    }
    pause = 1_000;
  } catch {
    // Still offline: they stay where they are. A browser says that it is online a moment before it is.
    if (navigator.onLine && pause < 30_000) setTimeout(send, pause);
    pause *= 2;
  } finally {
    sending = false;
    show();
    if (count) showLogged();
  }
}

addEventListener("online", send);
setInterval(send, 30_000);
show();
send();
document.body.addEventListener("htmx:afterSwap", (event) => event.target.id === "reads" && show());
