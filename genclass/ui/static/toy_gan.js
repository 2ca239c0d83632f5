// The GAN in the plane: the discriminator's opinion as a field, real and generated points, both losses.
// Every frame from the server is a target that the picture moves to, so that points glide instead of jumping.
const [plane, curves] = element.querySelectorAll("canvas");
const status = element.querySelector(".gc-toy-status");
const clear = element.querySelector("button");
const words = element.querySelector(".gc-toy").dataset;
const REACH = 1.15, TWEEN = 180, MOST = 4000, GAP = 0.012;
const REAL = [13, 148, 136], FAKE = [234, 120, 8];
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
let shown = null, target = null, started = 0;
let drawn = [], strokes = [], last = null; // what was drawn, the same with the stroke under way, where the pen is

const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const floats = text => new Float32Array(bytes(text).buffer);
const dark = () => document.body.classList.contains("dark");
const rgb = (colour, alpha = 1) => `rgba(${colour.join(",")},${alpha})`;
const ink = alpha => dark() ? `rgba(226,232,240,${alpha})` : `rgba(30,41,59,${alpha})`;

function read(frame) {
  const losses = floats(frame.losses), half = losses.length / 2;
  return {...frame, field: Float32Array.from(bytes(frame.field)), real: floats(frame.real), fake: floats(frame.fake),
          d: losses.subarray(0, half), g: losses.subarray(half)};
}

function blend(from, to, share) {
  return from && from.length === to.length ? to.map((value, index) => from[index] + (value - from[index]) * share) : to;
}

function fit(canvas) {
  const box = canvas.getBoundingClientRect(), scale = devicePixelRatio || 1;
  const width = Math.round(box.width * scale), height = Math.round(box.height * scale);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, box.width, box.height);
  return [pen, box.width, box.height];
}

// Towards the colour of real or generated, the surer the stronger.
function paintField(pen, field, side, size) {
  const small = new OffscreenCanvas(side, side), brush = small.getContext("2d"), image = brush.createImageData(side, side);
  const strength = dark() ? 150 : 120;
  field.forEach((value, index) => {
    const sure = value / 127.5 - 1, colour = sure > 0 ? REAL : FAKE;
    image.data.set([...colour, Math.abs(sure) * strength], 4 * index);
  });
  brush.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, size, size);
}

function dots(pen, points, size, radius, fill, edge) {
  pen.fillStyle = fill;
  pen.strokeStyle = edge;
  pen.lineWidth = 0.75;
  pen.beginPath();
  for (let index = 0; index < points.length; index += 2) {
    const x = (points[index] / REACH + 1) * size / 2, y = (1 - points[index + 1] / REACH) * size / 2;
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 7);
  }
  pen.fill();
  if (edge) pen.stroke();
}

function drawPlane(view) {
  const [pen, size] = fit(plane), radius = Math.max(1.6, size / 230);
  if (view) {
    paintField(pen, view.field, view.side, size);
    dots(pen, view.real, size, radius * 0.8, rgb(dark() ? [94, 234, 212] : REAL, 0.55));
    dots(pen, view.fake, size, radius * 1.15, rgb(FAKE, 0.9), dark() ? "rgba(15,23,42,.55)" : "rgba(255,255,255,.55)");
  }
  if (strokes.length) dots(pen, strokes.flat(), size, radius, rgb(REAL, 0.8));
  if (view?.hint && !strokes.length) {
    pen.fillStyle = ink(0.75);
    pen.font = "500 16px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText(words.draw, size / 2, size / 2, size - 24);
  }
}

function line(pen, values, place, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.beginPath();
  values.forEach((value, index) => pen.lineTo(...place(index, value)));
  pen.stroke();
}

function drawCurves(view) {
  const [pen, width, height] = fit(curves), left = 34, right = 10, top = 12, bottom = 24;
  pen.font = "12px system-ui, sans-serif";
  const both = [...view.d, ...view.g], high = Math.max(2, ...both) * 1.05, low = Math.min(0, ...both) * 1.05;
  const y = value => top + (high - value) / (high - low) * (height - top - bottom);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  const step = [0.5, 1, 2, 5, 10, 20].find(gap => (high - low) / gap <= 6) || 50;
  for (let mark = Math.ceil(low / step) * step; mark <= high; mark += step) {
    pen.fillStyle = ink(0.1);
    pen.fillRect(left, y(mark), width - left - right, 1);
    pen.fillStyle = ink(0.65);
    pen.fillText(String(mark), left - 6, y(mark));
  }
  pen.textBaseline = "alphabetic";
  pen.fillText(view.step, width - right, height - 6);
  pen.textAlign = "left";
  pen.fillText(0, left, height - 6);
  pen.textAlign = "center";
  pen.fillText(words.step, (left + width - right) / 2, height - 6);
  const place = (index, value) => [left + index / Math.max(1, view.d.length - 1) * (width - left - right), y(value)];
  line(pen, view.d, place, rgb(REAL));
  line(pen, view.g, place, rgb(FAKE));
}

function draw(now) {
  if (!target) return;
  const share = still ? 1 : Math.min(1, (now - started) / TWEEN);
  const view = {...target, field: blend(shown?.field, target.field, share), fake: blend(shown?.fake, target.fake, share)};
  drawPlane(view);
  if (share < 1) requestAnimationFrame(draw);
  else shown = target;
}

function show() {
  if (!props.value || props.value.turn < target?.turn) return; // a frame that was on its way when another event took over
  shown = target;
  target = read(props.value);
  if (shown && shown.side !== target.side) shown = null;
  started = performance.now();
  status.textContent = target.words;
  plane.setAttribute("aria-label", target.words);
  plane.classList.toggle("gc-drawable", target.draws);
  clear.hidden = !target.draws;
  if (!last) strokes = [];
  if (target.hint) drawn = [];
  drawCurves(target);
  requestAnimationFrame(draw);
}

function place(event) {
  const box = plane.getBoundingClientRect();
  const along = (value, start, length) => Math.max(-1, Math.min(1, ((value - start) / length * 2 - 1) * REACH));
  return [along(event.clientX, box.left, box.width), -along(event.clientY, box.top, box.height)];
}

// Points at equal distances, so that a slow hand draws no denser than a quick one.
function extend(here) {
  const way = Math.hypot(here[0] - last[0], here[1] - last[1]), count = Math.floor(way / GAP);
  for (let part = 1; part <= count && strokes.length < MOST; part++) {
    strokes.push([0, 1].map(axis => last[axis] + (here[axis] - last[axis]) * part / count));
  }
  if (count) last = here;
  requestAnimationFrame(() => drawPlane(target));
}

plane.addEventListener("pointerdown", event => {
  if (!target?.draws) return;
  plane.setPointerCapture(event.pointerId);
  strokes = [...drawn];
  last = place(event);
});
plane.addEventListener("pointermove", event => last && extend(place(event)));
for (const end of ["pointerup", "pointercancel"]) {
  plane.addEventListener(end, () => {
    if (!last) return;
    last = null;
    drawn = strokes;
    genclass.given["toy-picture"] = strokes;
    trigger("input");
  });
}
clear.addEventListener("click", () => {
  drawn = strokes = [];
  trigger("clear");
});
new ResizeObserver(() => target && (drawCurves(target), drawPlane({...target}))).observe(element);
new MutationObserver(() => target && (drawCurves(target), drawPlane({...target})))
  .observe(document.body, {attributes: true, attributeFilter: ["class"]});
watch("value", show);
show();
