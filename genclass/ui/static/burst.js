// Pictures for one's own classes: as long as the button is held they are recorded and uploaded, then added to the class
// that was named when it began.
const PACE = 200, MOST = 100; // milliseconds from one picture to the next, and pictures of a burst
let burst = null, timer = 0, answered = null, adding = Promise.resolve();

function record() {
  if (burst || !camera.live) return;
  const name = document.querySelector("#own-name :is(input, textarea)").value;
  if (!name.trim()) return camera.tell(words.nameless);
  burst = { name, files: [] };
  act.setAttribute("aria-pressed", "true");
  timer = setInterval(shoot, PACE);
  shoot();
}

function shoot() {
  burst.files.push(picture(`camera-${burst.files.length + 1}.jpg`));
  camera.tell(words.recorded.replace("{count}", burst.files.length));
  if (burst.files.length >= MOST) release();
}

function picture(name) {
  const file = new Promise((done) => camera.frame().toBlob((blob) => done(new File([blob], name)), "image/jpeg", 0.95));
  const sent = file.then(upload).then(({ path }) => ({ path, orig_name: name }));
  sent.catch(() => {}); // it is told once, by all of them together
  return sent;
}

function release() {
  if (!burst) return;
  const { name, files } = burst;
  burst = null;
  clearInterval(timer);
  act.setAttribute("aria-pressed", "false");
  adding = adding.then(() => add(name, files)); // one after the other: the first makes the set that the next adds to
}

async function add(name, files) {
  try {
    genclass.given["own-camera"] = { name, files: await Promise.all(files) };
  } catch {
    return camera.tell(words.failed);
  }
  const well = await new Promise((done) => { answered = done; trigger("submit"); });
  if (!burst && camera.live) camera.tell(well ? words.added.replace("{count}", files.length) : words.on);
}

genclass.heard["own-camera"] = (event, well) => answered?.(well);
camera.changed = (on) => on || release();

act.setAttribute("aria-pressed", "false");
act.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  act.setPointerCapture(event.pointerId);
  record();
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) act.addEventListener(end, release);
act.addEventListener("keydown", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  if (!event.repeat) record();
});
act.addEventListener("keyup", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault(); // no click
  release();
});
act.addEventListener("click", (event) => {
  if (event.detail) return;
  record(); // by a program that presses for its visitor, and can't hold: one picture
  release();
});
act.addEventListener("contextmenu", (event) => event.preventDefault()); // what a finger that rests would open
