// Live pictures are drawn by the browser itself where it is quicker than the server's answers were. What that takes is
// loaded once a slider is moved (in_browser.py says from where, drawer.js draws); whatever fails, they stay with the server.

window.genclassBrowser = {
  models: {}, // by the hash of their weights: {answered: the quickest answer of the server, milliseconds, drawer, quicker}
  drawing: false,
  missed: false, // whether something was moved while a picture was drawn

  model() {
    return this.models[JSON.parse(genclass.recipe || "{}").sha256];
  },

  url: (address) => new URL(address, genclassGradio.root()).href,

  asked() {
    this.since = performance.now();
  },

  answered() {
    const model = this.model();
    if (model) model.answered = Math.min(model.answered, performance.now() - this.since);
  },

  // A slider was moved.
  begin() {
    const { sha256 } = JSON.parse(genclass.recipe), { models, ...runtime } = genclassTold.browser;
    if (this.models[sha256] || !models[sha256] || navigator.connection?.saveData) return;
    this.models[sha256] = { answered: Infinity };
    this.load(this.models[sha256], { ...runtime, ...models[sha256] });
  },

  async load(model, addresses) {
    try {
      if (!window.WebAssembly) throw new Error("no WebAssembly");
      const urls = Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, this.url(address)]));
      model.drawer = await (await import(urls.module)).drawer(urls);
    } catch (error) {
      this.leave(model, error);
    }
  },

  // From now on the server draws a model: false, as `draw` says it.
  leave(model, error) {
    model.drawer?.end();
    model.drawer = null;
    if (!this.said) console.info(`Live pictures are drawn by the server: ${error.message}`);
    this.said = true;
    return false;
  },

  // Draw what is asked for, if that is to be done here; otherwise false.
  draw() {
    const model = this.model();
    if (!model?.drawer || model.answered === Infinity) return false;
    model.quicker ??= model.drawer.milliseconds < model.answered;
    if (!model.quicker) return this.leave(model, new Error("it is quicker"));
    const asked = JSON.parse(genclass.ask()), recipe = model.drawer.recipe(asked);
    if (!model.drawer.fits(recipe, asked.shown)) return false;
    this.missed = this.drawing;
    if (!this.drawing) this.follow(model, recipe, asked);
    return true;
  },

  async follow(model, recipe, asked) {
    this.drawing = true;
    const tile = await model.drawer.tile(recipe, asked.chosen).catch((error) => this.leave(model, error));
    this.drawing = false;
    const current = asked.recipe === genclass.recipe; // or all controls were set to another, which is there
    if (tile && current) genclass.lay(tile);
    if (this.missed || (!tile && current)) genclass.draw();
    else if (current) genclass.settle();
  },
};
