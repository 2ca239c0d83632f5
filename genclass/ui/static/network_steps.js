// A press or a drag on a map chooses the position that is spelled out.
let held = false;

function tell(event) {
  const box = event.target.closest?.(".gc-map-box");
  if (!box || box.dataset.name === "none") return;
  const frame = box.getBoundingClientRect(), {name, rows, columns} = box.dataset;
  const along = (value, start, length, count) => Math.max(0, Math.min(count - 1, Math.floor((value - start) / length * count)));
  const row = along(event.clientY, frame.top, frame.height, Number(rows));
  const column = along(event.clientX, frame.left, frame.width, Number(columns));
  genclass.given["inside-picture"] = {name, row, column};
  trigger("input");
}

element.addEventListener("pointerdown", event => {
  held = true;
  tell(event);
});
element.addEventListener("pointermove", event => held && tell(event));
addEventListener("pointerup", () => { held = false; });
