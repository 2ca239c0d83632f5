// What the page does by itself: it keeps what is asked for and has it drawn, the address follows the picture, an image of
// the sheet is chosen, the visitor's names of directions are kept, and files are saved.

window.genclass = {
  recipe: "", // the recipe that all controls were last set to, as JSON
  moved: {}, // what was moved since (see browser_request.py)
  chosen: 0,
  part: false, // whether only a part of the sheet has followed
  axes: [], // [id, name] of the direction in each place for a slider
  given: {}, // by their ids, what parts with a script of their own gave last (see events.py)
  heard: {}, // by the same, what those parts do once an event of theirs has ended
  pressed: {}, // by the id of a button, whether the event of its last press has yet to take what is asked for
  taken: {}, // by the same, the state that was taken last
  late: null, // what was typed while a recipe for all controls is on its way
  over: false, // whether a picture has come meanwhile, which may lie over that of the recipe
  TYPED: ["seed", "count", "truncation"], // what every model has
  HELD: ".gc-generate > .column:not(.gc-stage) > :not(#generate-tools), #tool-axes, .gc-share, .gc-one",
  ANSWERED: ["answer", "doubts", "ways-on", "seen", "closer"].map((part) => `#classify-${part}`).join(),
  REST: 350, // milliseconds without a change after which a slider is at rest

  ask() {
    const { recipe, moved, chosen, part } = this, sheet = document.querySelector("#generate-picture figure")?.dataset;
    return recipe && JSON.stringify({ recipe, moved, chosen, part, shown: `${sheet?.count}x${sheet?.columns}` });
  },

  state() {
    return JSON.stringify([this.recipe, this.moved]);
  },

  // Of two presses within a moment Gradio would run both events at once, and the older may end last; and it forgets a press
  // that waits for an event which fails. So no more than one press waits, and it takes what is asked for at its turn.
  press(button) {
    if (this.pressed[button]) return;
    this.pressed[button] = true;
    genclassGradio.press(button);
  },

  take(button) {
    this.pressed[button] = false;
    this.taken[button] = this.state();
    if (button === "generate-live") genclassBrowser.asked();
    return this.ask();
  },

  failed(button) {
    this.pressed[button] = false;
    if (this.taken[button] === this.state()) this.refused();
    else this.press(button);
  },

  // Another recipe for all controls is on its way: what a search `ends` with, or one over which a search would go on.
  turn(ends) {
    this.late = {};
    this.over = false;
    if (this.searching && !ends) this.leave();
  },

  // All controls show this recipe; the directions of its model are called by their names, or as the visitor calls them.
  adopt(model, recipe, axes) {
    const late = this.late;
    this.late = null;
    this.searched();
    this.axes = JSON.parse(axes || "[]");
    this.recipe = recipe;
    this.moved = {};
    this.pause = 0;
    this.lay("");
    tileWatcher.observe(document.getElementById("generate-tile"), { childList: true, subtree: true, attributeFilter: ["src"] });
    if (this.over) this.draw();
    else this.settle();
    for (const what in late) this.retype(what, late[what]);
    return this.labels(model);
  },

  // What is done at once, like a choice, is at rest with its picture.
  move(what, to, pause = 0) {
    if (to === null) return; // an empty field: someone is typing
    if (this.late && this.TYPED.includes(what)) this.late[what] = to;
    this.moved[what] = to;
    this.pause = pause;
    this.draw();
  },

  slide(id, to, pause = 0) {
    this.move("directions", { ...this.moved.directions, [id]: to }, pause);
  },

  // The direction that the slider of a place (d1, d2, …) moves.
  axis(place) {
    return this.axes[Number(place.slice(1)) - 1]?.[0] ?? place;
  },

  still(place) {
    this.slide(this.axis(place), 0);
    return 0;
  },

  // Every slider at rest; of what no slider shows, directions are let go.
  clear(count) {
    this.moved.cleared = true;
    this.move("directions", {});
    return Array(count).fill(0);
  },

  roll(seeds) {
    const seed = Math.floor(Math.random() * seeds);
    this.move("seed", seed);
    return seed;
  },

  // What was typed meanwhile holds for the recipe that has come, whose own the field shows.
  retype(what, to) {
    const field = document.querySelector(`#generate-${what} input[type=number]`);
    field.value = to;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  },

  // What can't be a seed is told by the browser, in its own words.
  typed(seed) {
    if (document.querySelector("#generate-seed input").reportValidity()) this.move("seed", seed, this.REST);
  },

  // A field that was left empty, or with what can't be a seed, shows its seed again.
  seed(value) {
    if (value !== null && document.querySelector("#generate-seed input").checkValidity()) return value;
    return this.moved.seed ?? (this.recipe ? JSON.parse(this.recipe).seed : 0);
  },

  // The controls are at rest no more.
  draw() {
    clearTimeout(this.waiting);
    this.moving = true;
    if (!this.recipe) return;
    this.outdate();
    if (!genclassBrowser.draw()) this.press("generate-live");
  },

  // The address names another picture than the one that is asked for, and of that one nothing is said yet.
  outdate() {
    this.unnamed = true;
    this.dim();
  },

  dim() {
    document.body.classList.add("gc-stale", "gc-unfound");
  },

  // A picture has come; one that was asked for before all controls were set to another recipe is none.
  drawn() {
    genclassBrowser.answered();
    this.over = true;
    this.served(); // in place of what the browser has drawn
    if (this.pressed["generate-live"] || this.taken["generate-live"] === this.state()) this.settle();
    else this.draw();
  },

  // The rest of a sheet that followed in part, its recipe, strips and judgement are asked for when the controls rest.
  settle() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.rest(), this.pause);
  },

  // What has followed lies over the sheet, which it has the form of.
  lay(tile) {
    this.part = Boolean(tile);
    const picture = document.getElementById("generate-picture");
    picture?.style.setProperty("--tile", tile ? `url(${tile})` : "none");
  },

  served() {
    this.lay(document.querySelector("#generate-tile img")?.src);
  },

  rest() {
    this.moving = false;
    this.mark();
    if (!this.recipe) return;
    this.outdate();
    this.press("generate-rest");
  },

  // The address bar and the link name the picture that is shown.
  named(query) {
    genclassAddress.tell("generate", query);
    if (!this.moving) {
      this.lay(""); // the whole sheet has come
      this.unnamed = false;
    }
    return location.origin + location.pathname + "?" + query;
  },

  // A tool puts on the sheet what it finds: what is said below is of the sheet before, until one is adopted again.
  search() {
    this.searching = true;
    this.hold();
    this.dim();
    // In a low window its progress would stand below the lower end; on a phone the sheet sticks, and Stop is to stay in sight.
    const board = document.querySelector(".gc-board");
    if (innerWidth > 760) setTimeout(() => board.scrollIntoView({ behavior: "smooth", block: "nearest" }), 100);
  },

  searched() {
    this.searching = false;
    this.hold();
  },

  // A search that runs is stopped, as soon as it has begun to answer and so can be.
  leave() {
    this.left = true;
    const stop = document.querySelector(["guide", "walk", "invert"].map((tool) => `#${tool}-stop:enabled`).join());
    if (!stop) return setTimeout(() => this.left && this.leave(), 50);
    this.silent = true;
    stop.click();
  },

  // Whether nothing is to be said of the search that was stopped last: it was not the visitor who did.
  hushed() {
    const silent = Boolean(this.silent);
    this.silent = false;
    return silent;
  },

  // A search is over: what it found is the recipe now, unless another one was asked for meanwhile, which is then drawn
  // over what the search has shown.
  ended(found) {
    const left = this.left;
    this.left = false;
    if (left) this.draw();
    return left ? "" : found;
  },

  // What a search would overwrite at its end can't be used until then; where the focus is, it stays.
  hold() {
    document.body.classList.toggle("gc-searching", this.searching);
    for (const part of document.querySelectorAll(this.HELD)) {
      part.inert = this.searching && !part.contains(document.activeElement);
    }
  },

  // Whether what Classify says is of another picture than its open way shows.
  unshown(so) {
    for (const part of document.querySelectorAll(this.ANSWERED)) part.inert = so;
  },

  judged() {
    this.unfold();
    if (!this.moving && !this.searching) document.body.classList.remove("gc-stale");
  },

  found() {
    if (!this.moving && !this.searching) document.body.classList.remove("gc-unfound");
  },

  // Each image's verdict is in sight where there is room for it, or as the visitor left it; it comes anew with each sheet.
  unfold() {
    const verdicts = document.querySelector("#generate-verdict details");
    if (!verdicts) return;
    verdicts.open = this.open ?? innerWidth > 760;
    verdicts.firstElementChild.onclick = () => (this.open = !verdicts.open);
  },

  // There will be no such picture: address and words are of the one that is still shown.
  refused() {
    this.moving = this.unnamed = false;
    this.late = null;
    this.searched();
    this.judged();
    this.found();
  },

  choose(index) {
    const figure = document.querySelector("#generate-picture figure");
    if (!figure || this.searching || index < 0 || index >= Number(figure.dataset.count)) return;
    this.chosen = index;
    this.rest();
  },

  // The mark's place is kept on the component, whose content is replaced with every picture.
  mark() {
    const picture = document.getElementById("generate-picture"), figure = picture?.querySelector("figure");
    if (!figure) return;
    const columns = Number(figure.dataset.columns);
    if (!columns) return; // a path moves there: what was chosen stays so
    if (this.chosen >= Number(figure.dataset.count)) this.chosen = 0;
    picture.style.setProperty("--x", this.chosen % columns);
    picture.style.setProperty("--y", Math.floor(this.chosen / columns));
  },

  kept() {
    try {
      return JSON.parse(localStorage.getItem("genclass-labels")) || {};
    } catch {
      return {}; // someone else's, or storage is switched off
    }
  },

  labels(model) {
    const kept = this.kept()[model] || {};
    return this.axes.map(([, name], index) => kept[index] || name);
  },

  keepLabel(model, index, label) {
    const kept = this.kept();
    kept[model] = { ...kept[model], [index]: label };
    try {
      localStorage.setItem("genclass-labels", JSON.stringify(kept));
    } catch {
      // storage is full or switched off: the name lasts as long as the page
    }
  },

  async save(file) {
    if (!file) return;
    const anchor = document.createElement("a");
    anchor.href = file.names ? await genclassSheet.url(file) : file.url;
    anchor.download = file.name;
    anchor.click();
  },
};

// A window that was made narrow has no room for verdicts any more.
matchMedia("(max-width: 760px)").addEventListener("change", () => genclass.unfold());

// What follows in part is laid as soon as Gradio has put it into the page: of an event's end it tells some 10 ms later.
const tileWatcher = new MutationObserver(() => genclass.served());

// The picture that came with the page (opening.py) stands until the live one can be seen, or what is told in its place.
new MutationObserver(async (_, watcher) => {
  const live = document.querySelector("#generate-picture :is(figure, p:not(.gc-drawing))");
  if (!live) return;
  watcher.disconnect();
  await live.querySelector("img")?.decode().catch(() => {});
  document.getElementById("opening")?.remove();
}).observe(document.documentElement, { childList: true, subtree: true });

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[id^=label-d]");
  const model = document.querySelector("#generate-model input")?.value;
  if (box && model) genclass.keepLabel(model, Number(box.id.slice("label-d".length)) - 1, event.target.value);
});

// Sliders are heard here, not by Gradio: see gradio_patches.js.
const SLIDERS = "[id^=direction-], [id^=latent-], #generate-count, #generate-truncation, #generate-share";

document.addEventListener("input", (event) => {
  const slider = event.target.closest?.(SLIDERS), to = event.target.valueAsNumber;
  if (!slider || !Number.isFinite(to)) return;
  if (genclass.recipe) genclassBrowser.begin();
  const within = Math.min(Math.max(to, Number(event.target.min)), Number(event.target.max));
  const [kind, id] = slider.id.split("-");
  if (kind === "generate") genclass.move(id, within, genclass.REST);
  else {
    const axis = kind === "latent" ? slider.querySelector("label").textContent.trim() : genclass.axis(id);
    genclass.slide(axis, within, genclass.REST);
  }
});

document.addEventListener("click", (event) => {
  const frame = event.target.closest?.("#generate-picture .gc-frame");
  if (!frame) return;
  const box = frame.getBoundingClientRect(), figure = frame.closest("figure"), columns = Number(figure.dataset.columns);
  if (!columns) return; // a path moves there
  const rows = Math.ceil(figure.dataset.count / columns);
  const place = (at, size, parts) => Math.floor((at / size) * parts);
  const row = place(event.clientY - box.top, box.height, rows);
  genclass.choose(row * columns + place(event.clientX - box.left, box.width, columns));
  frame.closest(".gc-generate").classList.add("gc-picked"); // on a phone the card then stands below the sheet, and is scrolled to
  if (innerWidth <= 760) document.getElementById("generate-card").scrollIntoView({ behavior: "smooth", block: "nearest" });
});

// One search at a time: the buttons that begin one come into the page with their tab, perhaps while another runs.
document.addEventListener("click", (event) => {
  if (genclass.searching && event.target.closest?.("#guide-go, #walk-go, #invert-go")) event.stopImmediatePropagation();
}, true);

document.addEventListener("keydown", (event) => {
  const figure = event.target.closest?.("#generate-picture figure");
  const columns = figure && Number(figure.dataset.columns);
  const step = figure && { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (!step) return;
  event.preventDefault();
  genclass.choose(genclass.chosen + step);
});

// A picture may be dropped anywhere on Generate: it goes to the place that brings recipes back. Places with a use of their
// own for it have prevented the browser's way already.
function dropsOnGenerate(event) {
  const tab = document.getElementById("tab-generate");
  return !event.defaultPrevented && tab?.contains(event.target) && event.dataTransfer?.types.includes("Files");
}

document.addEventListener("dragover", (event) => {
  if (dropsOnGenerate(event)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (dropsOnGenerate(event) && genclassGradio.give("generate-drop", event.dataTransfer.files)) event.preventDefault();
});

// A picture is pasted into Classify from anywhere on it, where Gradio has a button only.
document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files, shown = document.getElementById("classify-image")?.offsetParent;
  if (files?.length && shown && genclassGradio.give("classify-image", files)) event.preventDefault();
});

// What the browser can't show of an upload is told in words; its sign of a torn picture would say it again.
for (const [event, seen] of [["error", "hidden"], ["load", "visible"]]) {
  document.addEventListener(event, ({ target }) => {
    if (target.matches?.("#classify-image img")) target.style.visibility = seen;
  }, true);
}
