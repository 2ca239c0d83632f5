// What the camera sees is answered as it moves: a frame is sent when the one before is answered, and always the latest.
const PACE = 125; // milliseconds from one frame to the next at least
const LOST = 20000; // milliseconds after which an answer is waited for no more
let sent = 0, underWay = false, timer = 0;

function send() {
  if (!camera.live || underWay) return;
  sent = Date.now();
  underWay = true;
  genclass.given["classify-camera"] = camera.frame().toDataURL("image/jpeg", 0.9);
  trigger("input");
  wait(() => camera.fail("silent"), LOST);
}

function wait(then, milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(then, milliseconds);
}

// How an event of this part has ended: the one that begins (clear), a frame, a frame that is kept (submit).
genclass.heard["classify-camera"] = (event, well) => {
  if (event === "input") underWay = false;
  if (event !== "submit" && !well && camera.wanted) camera.fail("off"); // why has been told already
  else wait(send, Math.max(0, sent + PACE - Date.now()));
};

// Another picture is asked about.
genclass.unlive = () => camera.wanted && camera.turn(false);

camera.changed = (on) => {
  if (on) trigger("clear"); // the picture that was asked about before goes
  else {
    clearTimeout(timer);
    underWay = false;
  }
};

act.addEventListener("click", () => {
  const kept = camera.frame(Infinity).toDataURL("image/jpeg", 0.95);
  genclass.given["classify-camera"] = video.poster = kept;
  camera.turn(false);
  trigger("submit");
});
power.addEventListener("click", () => video.removeAttribute("poster"));
