/* Text fields and small buttons: counters, growing text areas, show password, print, copy. */

export function startCounters(root) {
  root.querySelectorAll("[data-max]").forEach(addCounter);
}

function addCounter(field) {
  const limit = Number(field.dataset.max);
  const visible = element("span", "counter");
  const spoken = element("span", "visually-hidden");
  spoken.setAttribute("role", "status");
  field.after(visible, spoken);
  let timer;
  const show = () => {
    const left = limit - [...field.value.normalize("NFC")].length;
    visible.textContent = left < 0 ? `Vượt ${-left} ký tự (tối đa ${limit})` : `Còn ${left}/${limit} ký tự`;
    visible.classList.toggle("over", left < 0);
    clearTimeout(timer); // spoken only after a pause, not on every key
    timer = setTimeout(() => { spoken.textContent = visible.textContent; }, 1500);
  };
  field.addEventListener("input", show);
  show();
  clearTimeout(timer);
}

export function startGrow(root) {
  const grow = (area) => {
    if (!area.offsetParent || area.scrollHeight <= area.clientHeight) return;
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };
  root.querySelectorAll("textarea[data-grow]").forEach(grow);
  // Telex and Unikey compose letters by rewriting them: leave the field alone meanwhile.
  root.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea[data-grow]") && !event.isComposing) grow(event.target);
  });
  root.addEventListener("compositionend", (event) => {
    if (event.target.matches?.("textarea[data-grow]")) grow(event.target);
  });
}

export function startButtons(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show-password], [data-print], [data-copy]");
    if (!button) return;
    if ("showPassword" in button.dataset) togglePassword(button);
    else if ("print" in button.dataset) window.print();
    else copy(button);
  });
}

function togglePassword(button) {
  const field = document.getElementById(button.dataset.showPassword);
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.textContent = hidden ? "Ẩn mật khẩu" : "Hiện mật khẩu";
  button.setAttribute("aria-pressed", String(hidden));
}

async function copy(button) {
  const wanted = button.dataset.copy;
  const text = wanted.startsWith("#") ? document.querySelector(wanted).textContent.trim() : wanted;
  const label = labelOf(button);
  button.dataset.label ??= label.textContent; // once: pressed again it already says “Đã sao chép”
  const say = (words) => {
    label.textContent = words;
    clearTimeout(waiting.get(button));
    waiting.set(button, setTimeout(() => { label.textContent = button.dataset.label; }, 4000));
  };
  try {
    await navigator.clipboard.writeText(text);
    const box = button.dataset.tick && document.querySelector(button.dataset.tick);
    if (box) box.checked = true;
    say(" Đã sao chép");
  } catch {
    say(" Trình duyệt không cho sao chép; chọn chữ rồi bấm Ctrl+C");
  }
}

const waiting = new WeakMap();

/* The words of the button: its icon and what only screen readers hear stay. */
function labelOf(button) {
  return [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()) ?? button;
}

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
