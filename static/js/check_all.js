// “Chọn cả trang” ticks every row of its form, and shows when only some are ticked; “Chọn tất cả” means the rows of the
// other pages too, until one row is taken out. “Đã chọn n” tells how many that is.
for (const form of document.querySelectorAll("[data-check-group]")) {
  const all = form.querySelector("[data-check-all]");
  if (!all) continue;
  const everything = form.querySelector("[data-check-everything]");
  form.querySelector("[data-check-all-line]").hidden = false;
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const tick = (on) => boxes.forEach((box) => { box.checked = on; });
  const told = form.querySelector("[data-check-count]");
  const tell = (ticked) => {
    if (!told) return;
    const number = everything?.checked ? Number(everything.dataset.checkEverything) : ticked;
    told.hidden = number === 0;
    told.textContent = `Đã chọn ${number.toLocaleString("vi-VN")}`;
  };
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    if (everything && !all.checked) everything.checked = false;
    tell(ticked);
  };
  all.addEventListener("change", () => { tick(all.checked); show(); });
  everything?.addEventListener("change", () => { tick(everything.checked); show(); });
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}
