// The table of many images: a click on a heading sorts, typing filters, a cell of the confusion matrix shows its images.
function rows() { return [...element.querySelectorAll("tbody.gc-many tr")]; }

function show(test) {
  let shown = 0;
  for (const row of rows()) shown += !(row.hidden = !test(row));
  const count = element.querySelector(".gc-shown");
  if (count) count.textContent = shown;
}

function sort(heading) {
  const column = heading.cellIndex, down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = row => row.cells[column].dataset.sort ?? row.cells[column].textContent;
  const order = new Intl.Collator(undefined, {numeric: true});
  const sorted = rows().sort((a, b) => order.compare(key(a), key(b)));
  if (down) sorted.reverse();
  element.querySelector("tbody.gc-many").append(...sorted);
}

element.addEventListener("click", event => {
  const heading = event.target.closest("thead.gc-sorts th[data-sorts]");
  const cell = event.target.closest("[data-true]");
  if (heading) sort(heading);
  else if (cell && cell.tagName === "BUTTON") {
    element.querySelector(".gc-filter").value = "";
    show(row => row.dataset.true === cell.dataset.true && row.dataset.found === cell.dataset.found);
  }
});
element.addEventListener("keydown", event => {
  if (event.key === "Enter" && event.target.matches("th[data-sorts]")) sort(event.target);
});
element.addEventListener("input", event => {
  if (!event.target.matches(".gc-filter")) return;
  const words = event.target.value.toLowerCase();
  show(row => row.textContent.toLowerCase().includes(words));
});
