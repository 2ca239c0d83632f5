// A generator in the browser: a module below latents.js, runtime.js and drawing.js of exported pages, for the page and, so that
// it never waits for the network, for a thread in which that runs.

const BUDGET = 12; // milliseconds of drawing for a live picture, as the server has (draw_pace.py)
const NEWEST = 0.3; // what the last image counts in the average of what one takes
const FRAMES = 8; // by the quickest of which it is measured first: until then WebAssembly has not been made quick
const PATIENCE = 5000; // milliseconds for an image
const FIRST = 60000; // for one of the first, for which a GPU's programs are made ready
const NEAR = 2; // of 255, that a pixel may be from the server's

async function sent(url, form) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer[form]();
}

// In the thread: the first message starts the network, others run it, one at a time.
let run;
async function answer({ data: { start, inputs } }) {
  try {
    if (start) {
      const [ort, ...files] = await Promise.all([import(start.script), ...[start.wasm, start.model].map((url) => sent(url, "arrayBuffer"))]);
      run = await started(ort, ...files.map((file) => new Uint8Array(file)), start.provider);
    }
    postMessage({ found: inputs && (await run(inputs)) });
  } catch (error) {
    postMessage({ fault: error.message });
  }
}
if (!globalThis.document) onmessage = answer;

// In the page: what a thread answers.
function asked(thread, message) {
  return new Promise((done, fail) => {
    thread.onmessage = ({ data: { found, fault } }) => (fault ? fail(new Error(fault)) : done(found));
    thread.onerror = ({ message }) => fail(new Error(message ?? "no thread"));
    thread.postMessage(message);
  });
}

// The same of inputs: a thread that was ended for want of memory gives no answer.
function answered(thread, inputs, patience) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("no answer")), patience);
    asked(thread, { inputs }).then(done, fail).finally(() => clearTimeout(late));
  });
}

// What draws a model, once it has drawn what the server draws: by WebGPU where there is one, else by WebAssembly.
export async function drawer({ facts, model, script, wasm, "gpu-script": gpuScript, "gpu-wasm": gpuWasm }) {
  const told = await sent(facts, "json"), gpu = { provider: "webgpu", script: gpuScript, wasm: gpuWasm };
  const without = (error) => console.info(`Nothing is drawn by WebGPU: ${error.message}`);
  const found = (await hasGpu()) && (await begun(told, { model, ...gpu }).catch(without));
  return found || begun(told, { model, provider: "wasm", script, wasm });
}

// Whether there is a GPU, and what its build of the runtime takes; what stands in for one in software is slow.
async function hasGpu() {
  const adapter = WebAssembly.Suspending && (await navigator.gpu?.requestAdapter().catch(() => null));
  return adapter && !adapter.info.isFallbackAdapter;
}

async function begun(told, start) {
  const thread = new Worker(import.meta.url, { type: "module" });
  try {
    await asked(thread, { start });
    const found = new Drawer(told, thread, start.provider);
    await found.check();
    await found.measure();
    return found;
  } catch (error) {
    thread.terminate();
    throw error;
  }
}

class Drawer {
  constructor(told, thread, provider) {
    Object.assign(this, { told, thread, provider, canvas: document.createElement("canvas") });
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  run = (inputs) => answered(this.thread, inputs, this.milliseconds ? PATIENCE : FIRST);

  end() {
    this.thread.terminate();
  }

  // What is read back counts, since some browsers add noise there.
  async check() {
    const { recipe, pixels } = this.told.checked, expected = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
    await this.draw(recipe, 0, recipe.count);
    const found = this.pen.getImageData(0, 0, this.canvas.width, this.canvas.height).data, { channels } = this.told;
    const far = (value, place) => Math.abs(value - found[4 * Math.floor(place / channels) + (place % channels)]) > NEAR;
    if (expected.length !== (found.length / 4) * channels || expected.some(far)) throw new Error("it draws something else here");
  }

  async measure() {
    const times = [];
    for (let frame = 0; frame < FRAMES; frame++) {
      const begun = performance.now();
      await this.tile({ ...this.told.checked.recipe, count: 1 }, 0);
      times.push(performance.now() - begun);
      await new Promise((resume) => setTimeout(resume));
    }
    this.milliseconds = this.pace = Math.min(...times);
  }

  recipe({ recipe, moved }) {
    return after(JSON.parse(recipe), moved);
  }

  // Whether a recipe makes a sheet of the form that is shown, of what this can draw.
  fits(recipe, shown) {
    const count = images(this.told, recipe), columns = columnsOf(recipe, count);
    const wrapped = columns === count && count > 3 ? Math.ceil(Math.sqrt(2 * count)) : columns;
    const latents = recipe.latent ? atob(recipe.latent).length / 4 / this.told.z_dim : 1;
    return !recipe.steps && [1, count].includes(latents) && shown === `${count}x${wrapped}`;
  }

  // The data URL of a sheet of which the chosen image is drawn, and as many after it as there is time for.
  async tile(recipe, chosen) {
    const count = images(this.told, recipe), most = this.pace ? Math.max(1, Math.floor(BUDGET / this.pace)) : 1;
    await this.draw(recipe, chosen, most >= count ? count : 2 ** Math.floor(Math.log2(most)));
    const image = Object.assign(new Image(), { src: this.canvas.toDataURL() });
    await image.decode(); // or there would be a moment without it
    return image.src;
  }

  async draw(recipe, chosen, most) {
    const { told, run, canvas, pen } = this, side = told.image_size, count = images(told, recipe), columns = columnsOf(recipe, count);
    Object.assign(canvas, { width: columns * side, height: Math.ceil(count / columns) * side }); // which empties it
    for (let step = 0; step < most; step++) {
      const index = (chosen + step) % count, begun = performance.now();
      pen.putImageData(await drawing(told, run, recipe, index), (index % columns) * side, Math.floor(index / columns) * side);
      const taken = performance.now() - begun;
      this.pace = NEWEST * taken + (1 - NEWEST) * (this.pace ?? taken);
    }
  }
}

const columnsOf = (recipe, count) => (recipe.class === "all" ? count : Math.ceil(Math.sqrt(count)));

// A recipe after controls were moved, as browser_request.py makes it.
function after(recipe, moved) {
  const { seed, count, truncation, directions, cleared, free } = moved, found = { ...recipe, ...classesAfter(recipe, moved) };
  if (seed !== undefined || free) for (const given of ["latent", "to_seed", "to_class", "steps"]) delete found[given];
  for (const [key, value] of Object.entries({ seed, count, truncation })) if (value !== undefined) found[key] = value;
  const all = Object.entries({ ...(cleared ? {} : recipe.directions), ...directions });
  return { ...found, directions: Object.fromEntries(all.filter(([, sigma]) => sigma !== 0)) };
}

function classesAfter(recipe, moved) {
  if (!["class", "mix_with", "share"].some((key) => key in moved)) return {};
  const mix = Object.entries(recipe.mix ?? {}).filter(([, share]) => share > 0);
  const [[one, ofOne], [other, ofOther]] = mix.length === 2 ? mix : [[recipe.class ?? "", 0.5], ["", 0.5]];
  const shown = { class: one, mix_with: other, share: ofOther / (ofOne + ofOther), ...moved };
  const { class: first, mix_with: second, share } = shown;
  if (!second || ["", "all", null, second].includes(first)) return { class: first || null, mix: null };
  return { class: null, mix: { [first]: Math.round((1 - share) * 1e6) / 1e6, [second]: share } };
}
