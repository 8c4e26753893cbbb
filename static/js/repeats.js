// Of how a gathering repeats, only what belongs to the chosen rhythm is shown; without this script all of it is.
const NEEDS = {
  interval: (f) => f.repeats !== "once",
  weekdays: (f) => f.repeats === "weekly",
  monthly: (f) => f.repeats === "monthly",
  month_end: (f) => f.repeats === "yearly" || (f.repeats === "monthly" && f.monthly === "day"),
  ends: (f) => f.repeats !== "once",
  count: (f) => f.repeats !== "once" && f.ends === "count",
  until: (f) => f.repeats !== "once" && f.ends === "until",
  skips_holidays: (f) => f.repeats !== "once",
  item: (f) => !f.kind || f.kind === "mob",
  repeats: (f) => !f.scope || f.scope !== "this",
  facilitator: (f) => !f.scope || f.scope === "this",
};

function show(form) {
  const data = Object.fromEntries(new FormData(form));
  if (data.scope === "this") data.repeats = "once";
  for (const [name, needed] of Object.entries(NEEDS)) {
    const input = form.querySelector(`[name="${name}"]`);
    const field = input?.closest(".field");
    if (field && !field.classList.contains("field--error")) field.hidden = !needed(data);
  }
}

for (const form of document.querySelectorAll("[data-repeats]")) {
  form.addEventListener("change", () => show(form));
  show(form);
}
