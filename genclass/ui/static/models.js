// The row of the model that was picked last: marked at once, and again with its card, since a newer table may have come between.
genclass.markModel = () => {
  for (const row of element.querySelectorAll("tr[data-model]")) {
    row.classList.toggle("gc-on", row.dataset.model === genclass.given["models-all"]);
  }
};

// A click, Enter or the space bar on a model, in the table or in a picture, opens its card.
function choose(event) {
  const chosen = event.target.closest("[data-model], [data-shows]");
  if (!chosen || event.target.closest("th")) return;
  event.preventDefault();
  genclass.given["models-all"] = chosen.dataset.model ?? chosen.dataset.shows;
  document.body.classList.add("gc-picking"); // the card is another model's until it comes
  genclass.markModel();
  trigger("select");
}
// One data set's models, or all: the choice holds for every newer table.
let family = "";
function sift() {
  for (const button of element.querySelectorAll("button[data-family]")) button.ariaPressed = button.dataset.family === family;
  for (const row of element.querySelectorAll("tr[data-family]")) {
    row.hidden = family !== "" && row.dataset.family !== family;
    const point = element.querySelector(`g[data-model="${CSS.escape(row.dataset.model)}"]`);
    if (point) point.style.display = row.hidden ? "none" : "";
  }
}
element.addEventListener("click", event => {
  const button = event.target.closest("button[data-family]");
  if (!button) return;
  family = button.dataset.family;
  sift();
});
new MutationObserver(sift).observe(element, { childList: true, subtree: true });
element.addEventListener("click", choose);
element.addEventListener("keydown", event => {
  if (["Enter", " "].includes(event.key) && event.target.matches("g[data-model]")) choose(event);
});
