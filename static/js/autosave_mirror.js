/* Unsent text kept in this browser until the server has it; offered back when the page is opened again. */
import { element } from "./text.js";

const PREFIX = "kltn:unsent:";
const KEEP_DAYS = 14;

function user() {
  return document.querySelector('meta[name="portal-user"]')?.content ?? "";
}

export function mirrorKey(url) {
  return `${PREFIX}${user()}:${url}`;
}

/* localStorage may be full or forbidden: the mirror is a second net, never a reason to fail. */
export function remember(key, values) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch { /* nothing to do */ }
}

export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch { /* nothing to do */ }
}

export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function purgeOld() {
  try {
    const limit = Date.now() - KEEP_DAYS * 86400e3;
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && (recall(key)?.at ?? 0) < limit)
      .forEach(forget);
  } catch { /* nothing to do */ }
}

/* One box for the whole page, however many rows have something to give back. */
export function offerBack(units) {
  const waiting = units.map((unit) => [unit, recall(unit.key)]).filter(([unit, kept]) => kept && unit.differs(kept.values));
  if (!waiting.length) return;
  const latest = new Date(Math.max(...waiting.map(([, kept]) => kept.at)));
  const box = element("div", "note warn");
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Nội dung chưa về hệ thống");
  box.append(element("p", "note-title", `Máy này còn giữ nội dung chưa về hệ thống, gõ lúc ${clock(latest)} ${day(latest)}.`));
  const take = button("btn btn-primary btn-sm", "Lấy lại nội dung");
  const drop = button("btn btn-quiet btn-sm", "Bỏ, dùng nội dung trên hệ thống");
  take.addEventListener("click", () => {
    waiting.forEach(([unit, kept]) => unit.restore(kept.values));
    box.remove();
  });
  drop.addEventListener("click", () => {
    waiting.forEach(([unit]) => forget(unit.key));
    box.remove();
  });
  box.append(take, " ", drop);
  document.querySelector("main")?.prepend(box);
}

function button(className, text) {
  const made = element("button", className, text);
  made.type = "button";
  return made;
}

export function clock(date) {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

function day(date) {
  return `ngày ${String(date.getDate()).padStart(2, "0")}/${String(date.getMonth() + 1).padStart(2, "0")}/${date.getFullYear()}`;
}
