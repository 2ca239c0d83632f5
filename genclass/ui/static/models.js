// The row of the model that was picked last: marked at once, and again with its card, since a newer table may have come between.
genclass.markModel = () => {
  for (const row of element.querySelectorAll("tr[data-model]")) {
    row.classList.toggle("gc-on", row.dataset.model === genclass.given["models-all"]);
  }
};

// A click, Enter or the space bar on a model, in the table or in a picture, opens its card.
function choose(event) {
  const chosen = event.target.closest("[data-model]");
  if (!chosen || event.target.closest("th")) return;
  event.preventDefault();
  genclass.given["models-all"] = chosen.dataset.model;
  genclass.markModel();
  trigger("select");
}
element.addEventListener("click", choose);
element.addEventListener("keydown", event => {
  if (["Enter", " "].includes(event.key) && event.target.matches("g[data-model]")) choose(event);
});
