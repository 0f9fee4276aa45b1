// The box above a list ticks every box of the page, and the number of those ticked is told.
const boxes = [...document.querySelectorAll("input[name=people]")];
const all = document.querySelector("#tick_all");
const told = document.querySelector("#ticked");

function tell() {
  const number = boxes.filter((box) => box.checked).length;
  told.textContent = told.dataset.words.replace("#", number);
  all.checked = number > 0 && number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
}

if (all) {
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    tell();
  });
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();
}
