/* Autosave: 2 s after the last key and on leaving a field, one request at a time, newest text wins. */
import { clock, offerBack, purgeOld } from "./autosave_mirror.js";
import { Unit } from "./autosave_unit.js";
import { clearBox, showBox, showCells, showEcho, showErrors, showProgress, showState, showTotals } from "./autosave_view.js";
import { csrfToken } from "./csrf.js";

const PAUSE = 2000;
const REQUEST_LIMIT = 20000;
const SUBMIT_WAIT = 8000;
const LONGEST_RETRY = 60000;

let line = Promise.resolve(); // one request in flight for the whole page: rows may share one version
let units = [];
let composing = false;

export function startAutosave(root) {
  purgeOld();
  units = [...root.querySelectorAll("[data-autosave]")].map((element) => new Unit(element));
  if (!units.length) return;
  root.addEventListener("compositionstart", () => { composing = true; });
  root.addEventListener("compositionend", (event) => { composing = false; typed(event); });
  root.addEventListener("input", typed);
  root.addEventListener("change", (event) => changed(event));
  root.addEventListener("submit", waitThenSubmit, true);
  window.addEventListener("online", retryAll);
  document.addEventListener("visibilitychange", () => (document.hidden ? saveAll() : retryAll()));
  window.addEventListener("beforeunload", (event) => { if (units.some(isPending)) event.preventDefault(); });
  offerBack(units);
}

function unitOf(event) {
  const element = event.target.closest?.("[data-autosave]");
  return units.find((unit) => unit.element === element);
}

function isPending(unit) {
  return !unit.leaving && (unit.dirty || unit.sending);
}

function typed(event) {
  const unit = unitOf(event);
  if (!unit || event.target.type === "file") return;
  unit.dirty = true;
  unit.mirror();
  schedule(unit, PAUSE);
}

function changed(event) {
  const unit = unitOf(event);
  if (unit?.dirty) schedule(unit, 0);
}

function schedule(unit, pause) {
  clearTimeout(unit.timer);
  if (!unit.stopped) unit.timer = setTimeout(() => save(unit), pause);
}

function saveAll() {
  units.filter((unit) => unit.dirty).forEach((unit) => schedule(unit, 0));
}

function retryAll() {
  units.filter((unit) => unit.dirty && unit.failures).forEach((unit) => schedule(unit, 0));
}

/* Never during composition: Telex and Unikey delete and re-insert letters. */
function save(unit) {
  if (composing) return schedule(unit, PAUSE);
  if (!unit.dirty || unit.stopped || unit.queued) return line;
  unit.queued = true;
  line = line.then(() => send(unit));
  return line;
}

async function send(unit) {
  unit.queued = false;
  if (!unit.dirty || unit.stopped) return;
  unit.dirty = false;
  unit.sending = true;
  if (!unit.failures) showState(unit, "saving", "Đang lưu…");
  try {
    const response = await fetch(unit.url, {
      method: "POST",
      body: unit.body(),
      headers: { "X-Requested-With": "autosave", "X-CSRFToken": csrfToken(unit.element), Accept: "application/json" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(REQUEST_LIMIT),
    });
    await answer(unit, response);
  } catch {
    offline(unit);
  } finally {
    unit.sending = false;
  }
  if (unit.dirty && !unit.failures) schedule(unit, PAUSE);
}

async function answer(unit, response) {
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  const data = isJson ? await response.json() : {};
  if (response.status === 409) return conflict(unit, data);
  if (response.status === 401 || response.redirected || (response.status === 403 && !isJson)) return signedOut(unit);
  if (response.status >= 500 || response.status === 429) return retryLater(unit, "error", busy(data));
  if (isJson && (response.ok || response.status === 422)) return settled(unit, response, data);
  refused(unit, data.message ?? "hệ thống không nhận nội dung này. Chép nội dung ra nơi khác rồi tải lại trang.");
}

function settled(unit, response, data) {
  unit.failures = 0;
  unit.lostAt = null;
  clearBox(unit);
  unit.setVersion(data.version);
  showErrors(unit, data.errors);
  showEcho(unit, data.echo);
  showProgress(data.progress);
  showCells(data.cells);
  showTotals(data.totals);
  if (!response.ok && !data.saved_at) return refused(unit, data.message ?? "sửa chỗ báo lỗi, hệ thống sẽ tự lưu lại.");
  if (!unit.dirty) unit.unmirror();
  showState(unit, "saved", `Đã lưu lúc ${data.saved_at ?? clock(new Date())}`);
}

/* Refused as it stands: tried again at the next key, kept in the mirror meanwhile. */
function refused(unit, sentence) {
  unit.failures = 0;
  showState(unit, "error", `Chưa lưu được: ${sentence}`);
}

function conflict(unit, data) {
  unit.stopped = true;
  unit.mirror();
  const message = data.message ?? "Người khác vừa lưu bản mới hơn. Nội dung trên trang này chưa được lưu.";
  showState(unit, "conflict", "Đã dừng tự lưu vì có bản mới hơn.");
  showBox(unit, message, { href: data.url ?? location.href, text: "Mở bản mới nhất ở thẻ khác" });
}

function signedOut(unit) {
  const login = document.querySelector('meta[name="login-url"]')?.content;
  showBox(
    unit,
    "Phiên làm việc đã hết. Giữ nguyên trang này, đăng nhập ở thẻ khác rồi quay lại: hệ thống tự lưu tiếp. Nội dung đang giữ trên máy này.",
    login ? { href: login, text: "Đăng nhập ở thẻ khác" } : null,
  );
  retryLater(unit, "auth", "Chưa lưu được: phiên làm việc đã hết, cần đăng nhập ở thẻ khác.");
}

function busy(data) {
  return `Chưa lưu được: ${data.message ?? "hệ thống đang bận, tự thử lại trong giây lát."}`;
}

function offline(unit) {
  unit.lostAt ??= clock(new Date());
  retryLater(
    unit,
    "offline",
    `Mất kết nối từ ${unit.lostAt}. Nội dung đang giữ trên máy này, chưa về hệ thống; ` +
      "giữ nguyên trang, có mạng hệ thống sẽ tự lưu và báo giờ lưu.",
  );
}

function retryLater(unit, kind, text) {
  unit.dirty = true;
  unit.failures += 1;
  unit.mirror();
  showState(unit, kind, text);
  schedule(unit, Math.min(PAUSE * 2 ** (unit.failures - 1), LONGEST_RETRY));
}

/* A submit carries the version: pending saves go first, or the server would see an old one. */
function waitThenSubmit(event) {
  const form = event.target;
  const pressed = event.submitter;
  if (form.dataset.flushed || form.method === "get" || !units.some(isPending)) {
    delete form.dataset.flushed;
    leave(form);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  units.filter((unit) => unit.dirty).forEach((unit) => { clearTimeout(unit.timer); save(unit); });
  const enough = new Promise((resolve) => { setTimeout(resolve, SUBMIT_WAIT); });
  Promise.race([line, enough]).then(() => {
    form.dataset.flushed = "1";
    form.requestSubmit(pressed);
  });
}

/* The submitted form carries its own text: no warning, no second save behind it. */
function leave(form) {
  for (const unit of units) {
    if (unit.element !== form && !form.contains(unit.element)) continue;
    clearTimeout(unit.timer);
    unit.leaving = true;
  }
}

window.addEventListener("pageshow", () => units.forEach((unit) => { unit.leaving = false; }));
