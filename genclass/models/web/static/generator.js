// A generator's page: what is asked for stands in `recipe`, as in the lab; the sheet and the strips follow it image by image.

const SIGMAS = [-3, -1.5, 0, 1.5, 3], REACH = 3, SHARED = 512, COUNTS = [1, 4, 9, 16, 25, 64];
const side = told.image_size, ids = Object.keys(told.directions);
const plain = { model: told.name, sha256: told.sha256, seed: 0, count: 16, class: null, truncation: 1, directions: {} };
let recipe, turn = 0, following = false, tasks = [];

const columns = (of) => (of.class === "all" ? Math.ceil(Math.sqrt(images(told, of))) : Math.ceil(Math.sqrt(of.count)));

const pixels = (of, index) => drawing(told, run, of, index);

// What is to be drawn: the sheet, from the image after the one that came last, so that all follow a slider; then the strips.
function ask() {
  const now = recipe, count = images(told, now), wide = columns(now), canvas = at("picture"), high = Math.ceil(count / wide);
  if (canvas.width !== wide * side || canvas.height !== high * side) Object.assign(canvas, { width: wide * side, height: high * side });
  const order = Array.from({ length: count }, (_, place) => (turn + place) % count);
  tasks = order.map((index) => ({ of: now, index, canvas, x: (index % wide) * side, y: Math.floor(index / wide) * side }));
  for (const id of ids) {
    const strip = at(`strip-${id}`);
    SIGMAS.forEach((sigma, place) => tasks.push({ of: { ...now, directions: { ...now.directions, [id]: sigma } }, index: 0, canvas: strip, x: place * side, y: 0 }));
  }
  tell();
  follow();
}

async function follow() {
  if (following || !run) return;
  following = true;
  try {
    while (tasks.length) {
      await draw(tasks.shift());
      await new Promise((resume) => setTimeout(resume)); // what was pressed meanwhile comes first
    }
    document.body.dataset.drawn = query(); // all is there
  } catch (error) {
    fail(error);
  } finally {
    following = false;
  }
}

async function draw({ of, index, canvas, x, y }) {
  canvas.getContext("2d").putImageData(await pixels(of, index), x, y);
  if (canvas.id === "picture") turn = index + 1;
}

// The recipe as the lab's links have it; what has its usual value is left out.
function query(of = recipe) {
  const link = new URLSearchParams([["model", of.model], ["sha256", of.sha256]]);
  for (const key of ["seed", "count", "class", "truncation"]) if (of[key] !== plain[key]) link.append(key, of[key]);
  for (const [id, sigma] of Object.entries(of.directions)) link.append("direction", `${id}:${sigma}`);
  return link.toString();
}

function fromAddress() {
  const link = new URLSearchParams(location.hash.slice(1)), found = structuredClone(plain);
  const number = (key, most, whole) => {
    const value = Number(link.get(key) ?? NaN);
    if (value >= 0 && value <= most && (!whole || Number.isInteger(value))) found[key] = value;
  };
  number("seed", SEEDS - 1, true);
  number("count", 64, true);
  number("truncation", 1, false);
  found.count = Math.max(1, found.count);
  if ([...told.classes, ...(told.classes.length ? ["all"] : [])].includes(link.get("class"))) found.class = link.get("class");
  for (const pair of link.getAll("direction")) {
    const [id, sigma] = [pair.slice(0, pair.lastIndexOf(":")), Number(pair.slice(pair.lastIndexOf(":") + 1))];
    if (ids.includes(id) && Math.abs(sigma) <= REACH) found.directions[id] = sigma;
  }
  return found;
}

function change(values) {
  recipe = { ...recipe, ...values };
  history.replaceState(null, "", `#${query()}`);
  ask();
}

// A PNG with the recipe in a text chunk, as the lab writes it: its sheet can be dropped there and comes back.
async function png(canvas, text) {
  const bytes = new Uint8Array(await (await new Promise((done) => canvas.toBlob(done))).arrayBuffer());
  const body = new TextEncoder().encode(`iTXtgenclass\0\0\0\0\0${text}`), chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(body.length + 4, checksum(body));
  return new Blob([bytes.slice(0, 33), chunk, bytes.slice(33)], { type: "image/png" }); // after the header
}

function checksum(bytes) {
  let rest = -1;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}

async function save() {
  const drawn = at("picture"), times = Math.ceil(SHARED / Math.min(drawn.width, drawn.height)), large = part("canvas", { width: drawn.width * times, height: drawn.height * times });
  const pen = large.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(drawn, 0, 0, large.width, large.height);
  const link = part("a", { href: URL.createObjectURL(await png(large, JSON.stringify(recipe))), download: `${told.name}-${recipe.seed}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const option = (value, label) => part("option", { value, textContent: label });

function slider(id, place) {
  const like = told.likes[id], name = told.names[id]?.[language]?.replace(like, () => called(like)) ?? words().direction.replace("{index}", place + 1);
  const label = part("label", { htmlFor: `direction-${id}`, textContent: name });
  const input = part("input", { id: `direction-${id}`, type: "range", min: -REACH, max: REACH, step: 0.1 });
  input.oninput = () => change({ directions: { ...recipe.directions, [id]: Number(input.value) } });
  const strip = at(`strip-${id}`) ?? part("canvas", { id: `strip-${id}`, width: SIGMAS.length * side, height: side });
  strip.setAttribute("aria-hidden", "true");
  const whole = part("div", { className: "direction" });
  whole.append(part("output", { htmlFor: input.id }), label, input, strip);
  return whole;
}

// Every control as the recipe has it.
function lay() {
  at("directions").replaceChildren(...ids.map(slider));
  at("class").replaceChildren(option("", words().in_turn), option("all", words().all), ...told.classes.map((name) => option(`=${name}`, called(name))));
  at("count").replaceChildren(...[...new Set([...COUNTS, recipe.count])].sort((a, b) => a - b).map((count) => option(count, count)));
  show();
  ask();
}

function show() {
  at("seed").value = recipe.seed;
  at("count").value = recipe.count;
  at("count").disabled = recipe.class === "all";
  at("class").value = recipe.class === null ? "" : recipe.class === "all" ? "all" : `=${recipe.class}`;
  at("truncation").value = recipe.truncation;
  for (const id of ids) at(`direction-${id}`).value = recipe.directions[id] ?? 0;
}

function tell() {
  for (const id of ids) document.querySelector(`output[for="direction-${id}"]`).textContent = `${recipe.directions[id] ?? 0} σ`;
  at("picture").setAttribute("aria-label", words().sheet.replace("{count}", images(told, recipe)).replace("{seed}", recipe.seed));
}

function listen() {
  at("controls").onsubmit = (event) => event.preventDefault();
  at("seed").oninput = () => at("seed").value !== "" && at("seed").checkValidity() && change({ seed: Number(at("seed").value) });
  at("seed").onblur = () => (at("seed").value = recipe.seed);
  at("count").onchange = () => change({ count: Number(at("count").value) });
  at("class").onchange = () => { const asked = at("class").value; change({ class: asked === "" ? null : asked.replace(/^=/, "") }); show(); };
  at("truncation").oninput = () => change({ truncation: Number(at("truncation").value) });
  at("rest").onclick = () => { change({ directions: {} }); show(); };
  at("another").onclick = () => { change({ seed: Math.floor(Math.random() * SEEDS) }); show(); };
  at("save").onclick = save;
  window.onhashchange = () => { recipe = fromAddress(); show(); ask(); };
}

// A recipe that was given in part, whole. What the lab draws and a page does not, such as a path, is refused.
function whole(asked) {
  const found = { ...plain, ...asked }, classes = [null, ...told.classes, ...(told.classes.length ? ["all"] : [])];
  const known = [found.class, ...Object.keys(found.mix ?? {})].every((name) => classes.includes(name));
  const moved = Object.keys(found.directions).every((id) => ids.includes(id) || (/^z\d+$/.test(id) && id.slice(1) < told.z_dim));
  const keys = Object.keys(found).every((key) => key in plain || ["mix", "latent"].includes(key));
  if (!keys || !known || !moved || found.model !== told.name || (found.sha256 ?? told.sha256) !== told.sha256) throw new RangeError("not a recipe of this page");
  return found;
}

// For other scripts: a recipe's sheet as the lab lays it, ImageData.
async function sheetOf(asked) {
  const of = whole(asked), count = images(told, of), wide = of.class === "all" ? count : columns(of);
  await model;
  const pen = part("canvas", { width: wide * side, height: Math.ceil(count / wide) * side }).getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { fillStyle: "black" }).fillRect(0, 0, pen.canvas.width, pen.canvas.height);
  for (let index = 0; index < count; index++) pen.putImageData(await pixels(of, index), (index % wide) * side, Math.floor(index / wide) * side);
  return pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);
}

window.genclass = { draw: sheetOf };
recipe = fromAddress();
at("class-row").hidden = !told.classes.length;
listen();
open(lay);
