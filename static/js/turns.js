// The turns of a mob count down where they stand; the plan itself is the server's, so that everybody sees the same.
function minutesLeft(until, now) {
  const seconds = Math.max(0, Math.round((until - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

for (const section of document.querySelectorAll("[data-turns]")) {
  const turns = [...section.querySelectorAll("[data-begins]")];
  const left = section.querySelector("[data-left]");
  const clock = document.createElement("time");
  let shown = null;
  const tick = () => {
    const now = Date.now();
    const on = turns.find((turn) => Date.parse(turn.dataset.begins) <= now && now < Date.parse(turn.dataset.ends));
    if (on !== shown) {
      turns.forEach((turn) => turn.removeAttribute("aria-current"));
      on?.setAttribute("aria-current", "step");
      // Said once a turn; the seconds stand beside it, unheard.
      left.textContent = on ? `${section.dataset.now} ${on.querySelector("span").textContent}` : "";
      shown = on;
    }
    clock.remove();
    if (on) {
      clock.textContent = minutesLeft(Date.parse(on.dataset.ends), now);
      clock.setAttribute("aria-hidden", "true");
      on.append(clock);
    }
  };
  tick();
  setInterval(tick, 1000);
}
