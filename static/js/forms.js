/* Forms: one submit, a warning before typed text is left behind, focus on the error summary. */
import { freshenToken } from "./csrf.js";

export function startOnce(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    freshenToken(form);
    if (!form.matches("[data-once]") || event.submitter?.matches("[data-again]")) return; // a download may be fetched again
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // Disabled a moment later, so that the pressed button's own name is still sent.
    setTimeout(() => setButtons(form, true));
  });
  // A page brought back by the browser's back button must work again.
  window.addEventListener("pageshow", () => root.querySelectorAll("form[data-sent]").forEach(release));
}

function release(form) {
  delete form.dataset.sent;
  setButtons(form, false);
}

function setButtons(form, sent) {
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    if (sent && !button.disabled) {
      button.disabled = true;
      button.dataset.onceDisabled = "";
    } else if (!sent && "onceDisabled" in button.dataset) {
      button.disabled = false;
      delete button.dataset.onceDisabled;
    }
  }
}

export function startGuard(root) {
  const changed = new Set();
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) changed.add(form);
  });
  root.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) changed.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}

export function startErrorSummary(root) {
  const box = root.querySelector("[data-error-summary]");
  if (!box) {
    root.querySelector("[data-focus]")?.focus(); // a refusal that is no list of field errors
    return;
  }
  document.title = `Lỗi: ${document.title}`;
  box.focus();
  box.addEventListener("click", (event) => {
    const target = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
    if (!target) return;
    event.preventDefault();
    (target.closest("details") ?? {}).open = true;
    target.focus();
    (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
  });
}
