/* One thing that saves by itself: a form, or a row of a grid. Knows its fields and its version, not the network. */
import { forget, mirrorKey, remember } from "./autosave_mirror.js";

const SKIPPED = new Set(["file", "submit", "button", "reset", "image", "password"]);

export class Unit {
  constructor(element) {
    this.element = element;
    this.url = element.dataset.autosave;
    this.key = mirrorKey(this.url);
    this.versionName = element.dataset.versionField || "version";
    this.dirty = false; // typed after the last snapshot was sent
    this.stopped = false; // a conflict: nothing more is sent from this page
    this.failures = 0;
    const version = this.versionInput();
    if (version) version.autocomplete = "off"; // a reload must bring the server's version, not ours
  }

  fields() {
    return [...this.element.querySelectorAll("input, select, textarea")].filter(
      (field) =>
        field.name && field.name !== "csrfmiddlewaretoken" && field.name !== this.versionName &&
        !field.disabled && !SKIPPED.has(field.type) && field.closest("[data-autosave]") === this.element,
    );
  }

  versionInput() {
    const selector = `input[name="${this.versionName}"]`;
    return this.element.querySelector(selector) ?? this.element.closest("form")?.querySelector(selector);
  }

  pairs() {
    return this.fields().flatMap((field) => {
      if (field.type === "checkbox" || field.type === "radio") return field.checked ? [[field.name, field.value]] : [];
      if (field.multiple) return [...field.selectedOptions].map((option) => [field.name, option.value]);
      return [[field.name, field.value]];
    });
  }

  body() {
    const body = new URLSearchParams(this.pairs());
    const version = this.versionInput();
    if (version) body.set(this.versionName, version.value);
    return body;
  }

  setVersion(version) {
    const input = this.versionInput();
    if (input && version !== undefined && version !== null) input.value = version;
  }

  mirror() {
    remember(this.key, this.pairs());
  }

  unmirror() {
    forget(this.key);
  }

  differs(values) {
    return comparable(values) !== comparable(this.pairs());
  }

  /* Puts kept values back; fields the page no longer has are left out. */
  restore(values) {
    this.addMissingRows(values);
    for (const field of this.fields()) {
      if (field.type === "hidden") continue;
      const kept = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = kept.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = kept.includes(option.value);
      else if (kept.length) field.value = kept[0];
    }
    this.fields()[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  addMissingRows(values) {
    for (const [name, count] of values.filter(([name]) => name.endsWith("-TOTAL_FORMS"))) {
      const box = this.element.querySelector(`[data-rows="${name.slice(0, -"-TOTAL_FORMS".length)}"]`);
      const total = box?.querySelector(`input[name="${name}"]`);
      while (total && Number(total.value) < Number(count)) {
        const before = total.value;
        box.querySelector("[data-rows-add]")?.click();
        if (total.value === before) break;
      }
    }
  }
}

/* Line ends and composed letters may come back from the server in another form of the same text. */
function comparable(values) {
  return JSON.stringify(values.map(([name, value]) => [name, value.normalize("NFC").replace(/\s+/g, " ").trim()]));
}
