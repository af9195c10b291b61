// “Chọn cả trang” ticks every row of its form, and shows when only some are ticked.
for (const form of document.querySelectorAll("[data-check-group]")) {
  const all = form.querySelector("[data-check-all]");
  if (!all) continue;
  form.querySelector("[data-check-all-line]").hidden = false;
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}
