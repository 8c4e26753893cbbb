// When the server refuses what htmx sent: the page stays, what was typed stays, and a toast says so. A form whose key or
// session ran out is sent again as a plain form, because that answer is a page which keeps what was typed.
function say(text, link) {
  const toast = document.createElement("div");
  toast.className = "toast toast--danger";
  toast.dataset.toast = "";
  toast.append(text);
  if (link) toast.append(link);
  document.getElementById("toasts").replaceChildren(toast);
}

const words = document.body.dataset;

function signIn() {
  const link = document.createElement("a");
  link.href = words.signInPage;
  link.target = "_blank";
  link.textContent = words.signIn;
  return link;
}

document.body.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const sender = event.detail.requestConfig.elt;
  if (status === 401) return say(words.signedOut, signIn());
  if (status === 403 && sender instanceof HTMLFormElement) return HTMLFormElement.prototype.submit.call(sender);
  if (status === 403) return say(words.signedOut, signIn());
  return say(words.notSaved);
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => {
    if (event.target.id !== "quicklog" && event.detail.requestConfig.verb !== "get" && event.target.id !== "log") {
      say(words.notSaved);
    }
  });
}

// Who has signed in meanwhile, in another tab, has another key: any page of theirs holds it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.resend || event.defaultPrevented || !navigator.onLine) return;
  event.preventDefault();
  try {
    const answer = await fetch(form.dataset.resend);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    form.elements.csrfmiddlewaretoken.value = JSON.parse(page.body.getAttribute("hx-headers"))["X-CSRFToken"];
  } catch {
    // It is sent as it is, and the answer keeps what was typed.
  }
  HTMLFormElement.prototype.submit.call(form);
});

// Offline, a form that leaves the page would lose what was typed to the browser's own error page.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented || event.target.method !== "post") return;
  event.preventDefault();
  say(words.notSaved);
});
