// What the page does by itself: the address follows the picture, an image of the sheet is chosen, the visitor's names of
// directions are kept, and files are saved.
window.genclass = {
  chosen: 0,
  REST: 350, // milliseconds without a change after which the controls are at rest

  // The address bar and the link name the picture that is shown. Browsers limit how often an address may change, and the
  // whole of a large sheet, strips and judgement are asked for only when the controls rest.
  follow(query, tile) {
    const theme = new URLSearchParams(location.search).get("__theme");
    const picture = document.getElementById("generate-picture");
    if (picture) picture.style.setProperty("--tile", tile ? `url(${tile})` : "none");
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      history.replaceState(null, "", "?" + query + (theme ? "&__theme=" + encodeURIComponent(theme) : ""));
      this.mark();
      this.rest();
    }, this.REST);
    return query ? location.origin + location.pathname + "?" + query : "";
  },

  rest() {
    document.getElementById("generate-rest")?.click();
  },

  // A live event is told which image is chosen, and the controls are at rest no more.
  live(values) {
    clearTimeout(this.waiting);
    return [this.chosen, ...values.slice(1)];
  },

  choose(index) {
    const figure = document.querySelector("#generate-picture figure");
    if (!figure || index < 0 || index >= Number(figure.dataset.count)) return;
    this.chosen = index;
    this.mark();
    this.rest();
  },

  // The mark's place is kept on the component, whose content is replaced with every picture.
  mark() {
    const picture = document.getElementById("generate-picture"), figure = picture?.querySelector("figure");
    if (!figure) return;
    if (this.chosen >= Number(figure.dataset.count)) this.chosen = 0;
    const columns = Number(figure.dataset.columns);
    picture.style.setProperty("--x", this.chosen % columns);
    picture.style.setProperty("--y", Math.floor(this.chosen / columns));
  },

  // Sliders at rest; of what no control shows, directions are let go.
  cleared(kept, count) {
    const { directions, ...rest } = kept || {};
    return [rest, ...Array(count).fill(0)];
  },

  kept() {
    try {
      return JSON.parse(localStorage.getItem("genclass-labels")) || {};
    } catch {
      return {}; // someone else's, or storage is switched off
    }
  },

  labels(model) {
    const named = this.kept()[model] || {};
    return Array.from({ length: 8 }, (_, index) => named[index] || `Direction ${index + 1}`);
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

  download(id) {
    const image = document.querySelector("#" + id + " img");
    if (image) this.save({ url: image.src, name: image.dataset.name });
  },

  save(file) {
    if (!file) return;
    const anchor = document.createElement("a");
    anchor.href = file.url;
    anchor.download = file.name;
    anchor.click();
  },
};

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[id^=label-d]");
  const model = document.querySelector("#generate-model input")?.value;
  if (box && model) genclass.keepLabel(model, Number(box.id.slice("label-d".length)) - 1, event.target.value);
});

document.addEventListener("click", (event) => {
  const frame = event.target.closest?.("#generate-picture .gc-frame");
  if (!frame) return;
  const box = frame.getBoundingClientRect(), figure = frame.closest("figure"), columns = Number(figure.dataset.columns);
  const side = box.width / columns;
  genclass.choose(Math.floor((event.clientY - box.top) / side) * columns + Math.floor((event.clientX - box.left) / side));
});

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
  const input = document.querySelector("#generate-drop input[type=file]");
  if (!dropsOnGenerate(event) || !input) return;
  event.preventDefault();
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
