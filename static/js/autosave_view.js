/* What autosave shows: the one state line, errors beside fields, how numbers were read, progress. */
import { element } from "./text.js";

// The worst state of all units is the one shown.
const ORDER = ["conflict", "auth", "error", "offline", "saving", "saved"];
const states = new Map();
let spoken;

export function showState(unit, kind, text) {
  states.delete(unit); // re-inserted last, so that the newest of equal states wins
  states.set(unit, { kind, text });
  const worst = ORDER.find((name) => [...states.values()].some((state) => state.kind === name));
  const shown = [...states.values()].findLast((state) => state.kind === worst);
  const line = unit.element.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
  if (!line) return;
  line.textContent = shown.text;
  announce(line, shown);
  line.dataset.kind = shown.kind;
}

/* Screen readers hear a change of state, not every save. */
function announce(line, shown) {
  if (!spoken) {
    spoken = element("span", "visually-hidden");
    spoken.setAttribute("role", "status");
    document.body.append(spoken);
  }
  if (shown.kind !== "saving" && shown.kind !== spoken.dataset.kind) {
    spoken.textContent = shown.text;
    spoken.dataset.kind = shown.kind;
  }
}

export function showBox(unit, message, link) {
  unit.box?.remove();
  unit.box = element("div", "note late");
  unit.box.setAttribute("role", "alert");
  unit.box.append(element("p", "", message));
  if (link) {
    const anchor = element("a", "fw-semibold", link.text);
    anchor.href = link.href;
    anchor.target = "_blank";
    anchor.rel = "noopener";
    unit.box.append(anchor);
  }
  const place = unit.element.matches("tr") ? unit.element.closest("table").closest(".sheet") ?? unit.element.closest("table") : unit.element;
  place.before(unit.box);
}

export function clearBox(unit) {
  unit.box?.remove();
  unit.box = null;
}

export function showErrors(unit, errors = {}) {
  for (const field of unit.fields()) {
    const sentences = errors[field.name];
    setError(field, sentences ? [].concat(sentences).join(" ") : "");
  }
}

function setError(field, text) {
  if (!field.id) return;
  const id = `error_${field.id}`;
  let line = document.getElementById(id);
  document.getElementById(`${field.id}_error`)?.remove(); // the server's page-load error is answered by now
  if (!line && !text) return clearInvalid(field, id);
  if (!line) {
    line = element("p", "field-error");
    line.id = id;
    line.setAttribute("aria-live", "polite");
    (field.closest(".form-check") ?? field).after(line);
  }
  if (line.textContent !== text) line.textContent = text;
  if (!text) return clearInvalid(field, id);
  field.setAttribute("aria-invalid", "true");
  field.classList.add("is-invalid");
  describe(field, id, true);
}

function clearInvalid(field, id) {
  field.removeAttribute("aria-invalid");
  field.classList.remove("is-invalid");
  field.closest(".field")?.classList.remove("has-error");
  describe(field, id, false);
}

function describe(field, id, on) {
  const gone = new Set([id, `${field.id}_error`]);
  const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((part) => part && !gone.has(part));
  if (on) ids.push(id);
  if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}

/* Typed values stay as typed; beside them stands how the system read them. */
export function showEcho(unit, echo = {}) {
  for (const field of unit.fields()) {
    if (!(field.name in echo) || !field.id) continue;
    const id = `echo_${field.id}`;
    let line = document.getElementById(id);
    const text = echo[field.name] && echo[field.name] !== field.value.trim() ? `Đã hiểu là ${echo[field.name]}` : "";
    if (!line && !text) continue;
    if (!line) {
      line = element("span", "echo");
      line.id = id;
      field.after(line);
    }
    line.textContent = text;
  }
}

export function showProgress(progress) {
  if (!progress) return;
  for (const box of document.querySelectorAll(`[data-progress="${progress.name ?? ""}"]`)) {
    const bar = box.querySelector("progress");
    bar.max = Math.max(progress.total, 1);
    bar.value = progress.done;
    bar.setAttribute("aria-label", `Đã nhập ${progress.done} trong ${progress.total}`);
    box.querySelector("[data-progress-done]").textContent = progress.done;
    box.querySelector("[data-progress-total]").textContent = progress.total;
  }
}

/* Sums the server worked out, shown wherever the page names them. */
export function showTotals(totals = {}) {
  for (const [name, text] of Object.entries(totals)) {
    for (const place of document.querySelectorAll(`[data-total="${name}"]`)) place.textContent = text;
  }
}

/* Texts the server worked out anew, by the id of their element: percentages, hints, counts. */
export function showCells(cells = {}) {
  for (const [id, text] of Object.entries(cells)) {
    const place = document.getElementById(id);
    if (place && place.textContent !== text) place.textContent = text;
  }
}
