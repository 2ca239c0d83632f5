// A click, Enter or the space bar on a model, in the table or in a picture, opens its card.
function choose(event) {
  const chosen = event.target.closest("[data-model]");
  if (!chosen || event.target.closest("th")) return;
  event.preventDefault();
  for (const row of element.querySelectorAll("tr[data-model]")) {
    row.classList.toggle("gc-on", row.dataset.model === chosen.dataset.model);
  }
  genclass.given["models-all"] = chosen.dataset.model;
  trigger("select");
}
element.addEventListener("click", choose);
element.addEventListener("keydown", event => {
  if (["Enter", " "].includes(event.key) && event.target.matches("g[data-model]")) choose(event);
});
