/* The indicator grid: moving by Enter and arrows, filling down from an Excel column. */
import { element } from "./text.js";

const TEXT = "input[type=text], input:not([type]), input[type=number], textarea";

export function startGrid(root) {
  root.querySelectorAll("[data-grid]").forEach((grid) => {
    grid.addEventListener("keydown", (event) => move(grid, event));
    grid.addEventListener("paste", (event) => paste(grid, event));
  });
}

function columnOf(field) {
  return field.dataset.col ?? String(field.closest("td, th")?.cellIndex);
}

function fieldsOf(grid, column) {
  return [...grid.querySelectorAll(TEXT)].filter(
    (field) => columnOf(field) === column && !field.disabled && !field.readOnly && field.offsetParent,
  );
}

function move(grid, event) {
  const field = event.target;
  // keyCode 229: the input method is still composing (Telex, Unikey).
  if (!field.matches("input") || !field.matches(TEXT) || event.isComposing || event.keyCode === 229) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault(); // Enter must not submit the whole report
  const column = fieldsOf(grid, columnOf(field));
  const next = column[column.indexOf(field) + (event.key === "Enter" && event.shiftKey ? -1 : step)];
  if (!next) return;
  next.focus();
  next.select();
}

export function cellsOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

function paste(grid, event) {
  const field = event.target;
  if (!field.matches(TEXT) || field.matches("textarea")) return;
  const cells = cellsOf(event.clipboardData.getData("text/plain"));
  if (cells.length === 1 && cells[0].length === 1) return; // one value: the browser's own paste
  event.preventDefault();
  const targets = pairUp(grid, field, cells);
  const before = targets.map(([target]) => [target, target.value]);
  targets.forEach(([target, value]) => write(target, value));
  report(grid, targets, before, cells.length);
}

/* Rows go down the column of the field; further cells of a line go to the next fields of that row. */
function pairUp(grid, field, cells) {
  const column = fieldsOf(grid, columnOf(field));
  const start = column.indexOf(field);
  return cells.flatMap((line, index) => {
    const first = column[start + index];
    if (!first) return [];
    const row = [...first.closest("tr").querySelectorAll(TEXT)].filter((other) => !other.disabled && !other.readOnly);
    const from = row.indexOf(first);
    return line.map((value, offset) => [row[from + offset], value]).filter(([target]) => target);
  });
}

function write(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function report(grid, targets, before, wanted) {
  document.querySelector(".grid-note")?.remove();
  const rows = new Set(targets.map(([target]) => target.closest("tr"))).size;
  const left = wanted - rows;
  const note = element("div", "note info grid-note");
  const words = element("span", "", `Đã dán ${targets.length} giá trị vào ${rows} dòng.`);
  words.setAttribute("role", "status");
  if (left > 0) words.textContent += ` ${left} dòng cuối không có ô để dán, kiểm tra lại vị trí bắt đầu.`;
  const undo = element("button", "btn btn-outline-primary btn-sm", "Hoàn tác");
  undo.type = "button";
  undo.addEventListener("click", () => {
    before.forEach(([field, value]) => write(field, value));
    note.remove();
    before[0]?.[0].focus();
  });
  note.append(words, undo);
  (grid.closest(".sheet") ?? grid).before(note);
}
