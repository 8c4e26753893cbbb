// The running timer's live clock. The server's count is the truth; this only counts on from it.
const two = (n) => String(n).padStart(2, "0");
const loaded = performance.now();

function tick() {
  for (const place of document.querySelectorAll("[data-clock]")) {
    const seconds = Number(place.dataset.clock) + Math.floor((performance.now() - loaded) / 1000);
    const hours = Math.floor(seconds / 3600);
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    place.textContent = hours ? `${hours}:${rest}` : rest;
  }
}

if (document.querySelector("[data-clock]")) {
  tick();
  setInterval(tick, 1000);
}
