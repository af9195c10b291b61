// “Chọn cả trang” ticks every row of its form, and shows when only some are ticked; “Chọn tất cả” means the rows of the
// other pages too, until one row is taken out. “Đã chọn n” tells how many that is. Where a page asks for it
// (data-keep-ticks), ticks go along to the next page and to another filter, and what is ticked elsewhere still counts.
for (const form of document.querySelectorAll("[data-check-group]")) {
  const all = form.querySelector("[data-check-all]");
  const everything = form.querySelector("[data-check-everything]");
  const cap = Number(form.dataset.checkCap ?? 0); // an address does not hold more keys
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const tick = (on) => boxes.forEach((box) => { box.checked = on; });
  const told = form.querySelector("[data-check-count]");
  const elsewhere = () => form.querySelector("[data-check-elsewhere]");
  const ticked = () => boxes.filter((box) => box.checked);
  const count = () => (everything?.checked ? Number(everything.dataset.checkEverything) : ticked().length)
    + Number(elsewhere()?.dataset.checkElsewhere ?? 0);
  const tell = () => {
    if (!told) return;
    const number = count();
    const many = cap && !everything?.checked && number > cap;
    told.hidden = number === 0;
    told.textContent = `Đã chọn ${number.toLocaleString("vi-VN")}`
      + (many ? `. Dấu chọn của hơn ${cap} đơn vị không giữ được khi lọc, sang trang: xử lý các đơn vị này trước.` : "");
  };
  const keys = () => {
    const others = elsewhere()?.querySelector("input").value;
    return [...(others ? others.split(".") : []), ...ticked().map((box) => box.value)];
  };
  const carry = () => {
    if (!cap) return;
    const found = keys();
    const kept = found.length > cap ? "" : found.join(".");
    for (const link of document.querySelectorAll("a[data-keep-ticks], [data-keep-ticks] a")) {
      const address = new URL(link.href);
      address.searchParams.delete("chon");
      address.searchParams.delete("tat_ca");
      if (everything?.checked && link.closest("[data-keep-ticks=page]")) address.searchParams.set("tat_ca", "1");
      else if (kept) address.searchParams.set("chon", kept);
      link.href = address.href;
    }
    const field = document.querySelector("form[data-keep-ticks] [name=chon]");
    if (field) { field.value = kept; field.disabled = !kept; }
  };
  const show = () => {
    const number = ticked().length;
    if (all) {
      all.checked = number > 0 && number === boxes.length;
      all.indeterminate = number > 0 && number < boxes.length;
    }
    if (everything && number < boxes.length) everything.checked = false;
    tell();
    carry();
  };
  if (all) form.querySelector("[data-check-all-line]").hidden = false;
  all?.addEventListener("change", () => { tick(all.checked); show(); });
  everything?.addEventListener("change", () => { tick(everything.checked); show(); });
  form.querySelector("[data-check-drop]")?.addEventListener("click", (event) => {
    event.preventDefault();
    elsewhere().remove();
    show();
  });
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}
