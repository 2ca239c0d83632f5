// A classifier's page: a picture is made small as the lab does it, the model answers, and says when it does not know.

const TOP = 5, LARGEST = 4096, size = told.image_size;
let shown = null, stream = null, facing = "environment";

// RGB of something that can be drawn, on white; what is very large is drawn smaller, or phones run out of memory.
function picture(source, width, height) {
  const times = Math.min(1, LARGEST / Math.max(width, height));
  const canvas = part("canvas", { width: Math.round(width * times), height: Math.round(height * times) });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { fillStyle: "white" }).fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const rgb = new Uint8Array(canvas.width * canvas.height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) for (let channel = 0; channel < 3; channel++) rgb[to++] = data[from + channel];
  return { width: canvas.width, height: canvas.height, data: rgb };
}

// What the network gets, [C, S, S], and whether it was turned into light on black.
function prepared(of) {
  const small = square(of, size, told.preprocess);
  if (told.channels === 1) return told.inverts ? ontoBlack(grey(small), size) : [grey(small), false];
  const area = size * size;
  return [Uint8Array.from({ length: 3 * area }, (_, place) => small.data[(place % area) * 3 + Math.floor(place / area)]), false];
}

// {classes: [[name, probability]], likeliest first, doubt: null, "unfamiliar" or "unsure", small, inverted, of} of a picture,
// whose size `of` is.
async function answered(of) {
  const [small, inverted] = prepared(of);
  const found = Array.from(await run({ pixels: [small, [1, told.channels, size, size]] })), unlike = found.pop() > 0.5;
  const classes = found.map((probability, index) => [told.classes[index], probability]).sort((one, other) => other[1] - one[1]);
  return { classes, doubt: unlike ? "unfamiliar" : classes[0][1] < told.unsure ? "unsure" : null, small, inverted, of: { width: of.width, height: of.height } };
}

function tell(answer) {
  shown = answer;
  at("answers").replaceChildren(...(answer?.classes.slice(0, TOP).map(bar) ?? []));
  at("headline").textContent = answer ? headline(answer) : "";
  const notes = answer ? [answer.doubt && words()[answer.doubt], tooSmall(answer), answer.inverted && words().inverted].filter(Boolean) : [];
  Object.assign(at("doubt"), { textContent: notes.join(" "), hidden: !notes.length });
  at("picture").hidden = !answer;
  at("seen-words").textContent = answer ? words().seen.replaceAll("{size}", size) : "";
  if (answer) draw(answer.small);
}

function tooSmall({ of: { width, height } }) {
  return Math.min(width, height) < told.least && words().tiny.replace("{width}", width).replace("{height}", height);
}

function headline({ classes: [[closest]], doubt }) {
  const words_of = { unfamiliar: told.classes.length === 2 ? words().neither : words().none, unsure: words().not_sure };
  return doubt ? words_of[doubt].replace("{count}", told.classes.length).replace("{closest}", called(closest)) : called(closest);
}

function bar([name, probability]) {
  const line = part("li", {}), share = `${(100 * probability).toFixed(1)} %`;
  line.style.setProperty("--share", `${100 * probability}%`);
  line.append(part("span", { textContent: called(name) }), part("span", { textContent: share }));
  return line;
}

function draw(small) {
  const pixels = new ImageData(size, size), area = size * size;
  for (let place = 0; place < area; place++) {
    for (let channel = 0; channel < 3; channel++) pixels.data[4 * place + channel] = small[place + (told.channels === 3 ? channel * area : 0)];
    pixels.data[4 * place + 3] = 255;
  }
  Object.assign(at("picture"), { width: size, height: size }).getContext("2d").putImageData(pixels, 0, 0);
}

// Pixels of a file or of ImageData.
async function opened(source) {
  const image = await createImageBitmap(source);
  return picture(image, image.width, image.height);
}

async function take(file) {
  if (!file || !run) return;
  halt();
  at("status").textContent = words().looking;
  try {
    tell(await answered(await opened(file)));
    at("status").textContent = "";
  } catch {
    tell(null);
    at("status").textContent = words().no_image;
  }
}

// The camera's picture is answered as it moves; the last one always wins, nothing is kept.
async function film() {
  halt();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing } });
  } catch {
    at("status").textContent = words().no_camera;
    return;
  }
  const video = at("video"), mine = stream;
  video.srcObject = mine;
  video.hidden = at("turn").hidden = false;
  at("camera").textContent = words().halt;
  at("status").textContent = "";
  await video.play();
  while (stream === mine) {
    if (!document.hidden && video.videoWidth) {
      const answer = await answered(picture(video, video.videoWidth, video.videoHeight));
      if (stream === mine) tell(answer);
    }
    await new Promise((next) => setTimeout(next, document.hidden ? 500 : 0));
  }
}

function halt() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  at("video").hidden = at("turn").hidden = true;
  at("camera").textContent = words().camera;
}

function lay() {
  at("classes").textContent = told.classes.map(called).join(" · ");
  at("alone").hidden = !told.alone;
  at("camera").hidden = !navigator.mediaDevices?.getUserMedia;
  at("camera").textContent = stream ? words().halt : words().camera;
  tell(shown);
}

at("file").onchange = () => take(at("file").files[0]);
at("camera").onclick = () => (stream ? halt() : film());
at("turn").onclick = () => { facing = facing === "user" ? "environment" : "user"; film(); };
addEventListener("paste", (event) => take([...event.clipboardData.files].find((file) => file.type.startsWith("image/"))));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); });
// For other scripts: {class: probability} of a file or of ImageData.
window.genclass = { classify: async (source) => (await model) && Object.fromEntries((await answered(await opened(source))).classes) };
open(lay);
