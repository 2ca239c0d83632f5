// A drawing pad: dark strokes on white paper. After each stroke the drawing is handed over as a PNG.
const canvas = element.querySelector("canvas");
const pen = canvas.getContext("2d");
let last = null;

// Blank paper says where to draw, and has no answer.
function clear() {
  element.querySelector("p").hidden = false;
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

function stroke(event) {
  const here = place(event);
  pen.lineWidth = canvas.width / 12;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "black";
  pen.beginPath();
  pen.moveTo(...(last || here));
  pen.lineTo(...here);
  pen.stroke();
  last = here;
}

canvas.addEventListener("pointerdown", event => {
  element.querySelector("p").hidden = true;
  canvas.setPointerCapture(event.pointerId);
  last = null;
  stroke(event);
});
canvas.addEventListener("pointermove", event => last && stroke(event));
function hand() {
  genclass.given["classify-pad"] = canvas.toDataURL("image/png");
  trigger("input");
}

for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => {
    if (!last) return;
    last = null;
    hand();
  });
}
element.querySelector("button").addEventListener("click", () => {
  clear();
  document.querySelector("#classify-image [aria-label='Remove Image']")?.click();
});
genclass.redraw = () => element.querySelector("p").hidden && hand(); // another picture may have been asked about since
clear();
