/* Repeating rows of a formset: add from a template, take away with a way back. */
import { element } from "./text.js";

export function startRows(root) {
  root.querySelectorAll("[data-rows]").forEach((box) => {
    box.addEventListener("click", (event) => {
      if (event.target.closest("[data-rows-add]")) addRow(box);
      const remove = event.target.closest("[data-rows-remove]");
      if (remove) removeRow(remove.closest("[data-rows-item]"));
    });
    updateAddButton(box);
  });
}

function counter(box, name) {
  return box.querySelector(`input[name="${box.dataset.rows}-${name}"]`);
}

function addRow(box) {
  const total = counter(box, "TOTAL_FORMS");
  const made = document.createElement("template");
  // The tbody needs no special care: a <template> parses <tr> as well.
  made.innerHTML = box.querySelector("template[data-rows-template]").innerHTML.replaceAll("__prefix__", total.value);
  const row = made.content.firstElementChild;
  box.querySelector("[data-rows-body]").append(row);
  total.value = Number(total.value) + 1;
  total.dispatchEvent(new Event("input", { bubbles: true }));
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  updateAddButton(box);
}

function updateAddButton(box) {
  const maximum = Number(counter(box, "MAX_NUM_FORMS")?.value || 1000);
  const button = box.querySelector("[data-rows-add]");
  if (button) button.disabled = Number(counter(box, "TOTAL_FORMS").value) >= maximum;
}

/* The form stays in the page (Django counts forms by number); its DELETE box tells the server. */
function removeRow(row) {
  const mark = row.querySelector('input[name$="-DELETE"]');
  setDeleted(row, mark, true);
  const notice = element(row.tagName === "TR" ? "tr" : "div", "rows-removed");
  const words = row.tagName === "TR" ? notice.appendChild(document.createElement("td")) : notice;
  if (words.tagName === "TD") words.colSpan = row.cells.length;
  const back = element("button", "btn btn-quiet btn-sm", "Khôi phục");
  back.type = "button";
  words.append("Đã bỏ một dòng. ", back);
  row.after(notice);
  back.focus();
  back.addEventListener("click", () => {
    notice.remove();
    setDeleted(row, mark, false);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
}

function setDeleted(row, mark, deleted) {
  row.hidden = deleted;
  if (mark) {
    mark.checked = deleted;
    mark.dispatchEvent(new Event("input", { bubbles: true }));
    mark.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  for (const field of row.querySelectorAll("input, select, textarea")) field.disabled = deleted;
}
