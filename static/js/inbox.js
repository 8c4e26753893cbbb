// The inbox is asked for anew while somebody is in it. If the line they were at is gone by then, the one in its place
// takes the focus.
let at = -1;
const lines = () => [...document.querySelectorAll("#inbox .inbox__line")];

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "inbox") at = lines().findIndex((line) => line.contains(document.activeElement));
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (at < 0) return;
  const line = lines()[Math.min(at, lines().length - 1)];
  at = -1;
  if (document.activeElement !== document.body) return;
  (line?.querySelector(".inbox__title") ?? document.getElementById("inbox-top")).focus();
});
