// The week sheet: arrow keys walk between cells. Left and right leave a cell only from the end of its text.
const sheet = document.querySelector("[data-week]");

function target(cell, key) {
  const column = cell.closest("td").cellIndex;
  const row = cell.closest("tr");
  const at = (where, index) => where?.cells[index]?.querySelector("input.week__cell:enabled");
  if (key === "ArrowUp") return at(row.previousElementSibling, column);
  if (key === "ArrowDown" || key === "Enter") return at(row.nextElementSibling, column);
  const start = cell.selectionStart === 0;
  const end = cell.selectionEnd === cell.value.length;
  if (key === "ArrowLeft" && start) return at(row, column - 1);
  if (key === "ArrowRight" && end) return at(row, column + 1);
  return null;
}

sheet?.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || !event.target.matches?.(".week__cell")) return;
  if (event.key === "Enter") event.preventDefault();
  const next = target(event.target, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
});
