// A camera in a part of the page: on and off by a button, closed while nobody sees the part, its faults told in words.
// The script that follows this one says in `camera.changed` what is done with it.
const SIDE = 256; // pixels of a frame's shorter side: no network here gets more
const FAULTS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing",
                 NotReadableError: "taken", AbortError: "taken" };
const box = element.querySelector(".gc-camera"), words = JSON.parse(box.dataset.words);
const video = box.querySelector("video"), status = box.querySelector("[role=status]"), canvas = document.createElement("canvas");
const [power, act, swap] = box.querySelectorAll("button");

const camera = {
  wanted: false, // the visitor has it on: while the page is not seen it is closed all the same
  open: false, // or about to be
  stream: null,
  which: { facingMode: { ideal: "environment" } }, // the back of a phone: one points at things
  changed() {},

  tell(text) { status.textContent = text; },

  // Why there can be none, as a key of the words.
  lacks() {
    if (navigator.mediaDevices?.getUserMedia) return null;
    return isSecureContext ? "unable" : "insecure";
  },

  turn(on) {
    this.wanted = on;
    power.textContent = words[on ? "stop" : "start"];
    return this.follow();
  },

  async follow() {
    if (this.wanted && !element.getClientRects().length) return this.turn(false); // another tab was opened
    const open = this.wanted && document.visibilityState === "visible";
    if (open === this.open) return;
    this.open = open;
    if (!open) return this.close();
    this.tell(words.asking);
    try {
      await this.take(await this.request());
    } catch (fault) {
      this.fail(this.reason(fault));
    }
  },

  async request() {
    const why = this.lacks();
    if (why) throw why;
    return navigator.mediaDevices.getUserMedia({ video: { ...this.which, width: { ideal: 640 }, height: { ideal: 480 } } });
  },

  reason(fault) {
    const framed = fault.name === "NotAllowedError" && document.featurePolicy?.allowsFeature("camera") === false;
    return framed ? "framed" : words[fault] ? fault : (FAULTS[fault.name] ?? "other");
  },

  async take(stream) {
    if (!this.open || this.stream) return stream.getTracks().forEach((track) => track.stop()); // closed meanwhile
    this.stream = stream;
    stream.getVideoTracks()[0].onended = () => this.fail("ended");
    video.srcObject = stream;
    await video.play().catch(() => {}); // closed as it began
    if (this.stream !== stream) return;
    box.classList.toggle("gc-mirrored", this.settings().facingMode !== "environment");
    swap.hidden = (await this.all()).length < 2;
    if (this.stream !== stream) return;
    act.disabled = false;
    this.tell(words.on);
    this.changed(true);
  },

  close() {
    const stream = this.stream;
    this.open = false;
    this.stream = null;
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    box.classList.remove("gc-mirrored");
    act.disabled = true;
    this.tell(words.off);
    if (stream) this.changed(false);
  },

  // Off, because of what went wrong: a key of the words.
  fail(why) {
    this.wanted = false;
    power.textContent = words.start;
    this.close();
    this.tell(words[why]);
  },

  settings() { return this.stream.getVideoTracks()[0].getSettings(); },

  async all() { return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput"); },

  // From front to back; where cameras don't tell that, or there are several on one side, to the next.
  async other() {
    const { deviceId, facingMode } = this.settings();
    if (facingMode) await this.choose({ facingMode: { ideal: facingMode === "user" ? "environment" : "user" } });
    if (!this.stream || this.settings().deviceId !== deviceId) return;
    const ids = (await this.all()).map((device) => device.deviceId), next = ids[(ids.indexOf(deviceId) + 1) % ids.length];
    await this.choose({ deviceId: { exact: next } });
  },

  choose(which) {
    this.which = which;
    this.close();
    return this.follow();
  },

  // A canvas with what is seen at this moment.
  frame(side = SIDE) {
    const share = Math.min(1, side / Math.min(video.videoWidth, video.videoHeight)), pen = canvas.getContext("2d");
    canvas.width = Math.round(video.videoWidth * share);
    canvas.height = Math.round(video.videoHeight * share);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    return canvas;
  },

  get live() { return !act.disabled && video.videoWidth > 0; },
};

power.addEventListener("click", () => camera.turn(!camera.wanted));
swap.addEventListener("click", () => camera.other());
document.addEventListener("visibilitychange", () => camera.follow());
new ResizeObserver(() => camera.follow()).observe(element); // a part that is hidden has no size
if (camera.lacks()) camera.tell(words[camera.lacks()]);
