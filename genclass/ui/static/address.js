// The address names what is open: the tab, and in Generate the picture's recipe, in Classify and Choose the model, in Train
// the run. One press copies it, and the browser's way back leads through the tabs.
const TABS = genclassTold.tabs;

window.genclassAddress = {
  open: "generate",
  queries: {},
  PATIENCE: 10000, // milliseconds that a link may wait for the picture it is to name

  // What a tab shows, as a query string without "?".
  tell(tab, query) {
    this.queries[tab] = query;
    if (tab === this.open) this.write();
  },

  write(how = "replaceState") {
    const theme = new URLSearchParams(location.search).get("__theme");
    const parts = [this.open === "generate" ? "" : "tab=" + this.open, this.queries[this.open]];
    const query = [...parts, theme && "__theme=" + encodeURIComponent(theme)].filter(Boolean).join("&");
    history[how](null, "", location.pathname + (query && "?" + query));
  },

  // Open the tab of a link once Gradio has drawn it.
  follow() {
    const asked = new URLSearchParams(location.search), tab = asked.get("tab");
    if (!TABS.includes(tab) || tab === "generate") return;
    this.open = tab;
    for (const own of ["tab", "__theme"]) asked.delete(own);
    this.queries[tab] = asked.toString();
    const watcher = new MutationObserver(() => {
      const button = document.getElementById(`tab-${tab}-button`);
      if (!button) return;
      watcher.disconnect();
      button.click();
    });
    watcher.observe(document.documentElement, { childList: true, subtree: true });
  },

  // Once the address names the picture that is asked for; one that can't be drawn is not waited for.
  async settled() {
    const limit = Date.now() + this.PATIENCE;
    while (this.open === "generate" && genclass.unnamed && Date.now() < limit) await new Promise((then) => setTimeout(then, 50));
    return new Blob([location.href], { type: "text/plain" });
  },

  async copy(button) {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": this.settled() })]);
    } catch {
      prompt(button.textContent, location.href); // the clipboard needs https or localhost
      return;
    }
    const words = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 1500);
  },
};
genclassAddress.follow();

// A tab is opened by a press, by an event that leads to it, or on the browser's way back.
let onTheWayBack = false;
addEventListener("popstate", () => {
  const tab = new URLSearchParams(location.search).get("tab") || "generate";
  onTheWayBack = tab !== genclassAddress.open;
  if (onTheWayBack) document.getElementById(`tab-${tab}-button`)?.click();
});
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const tab = target.ariaSelected === "true" && target.id.match(/^tab-(\w+)-button$/)?.[1];
    if (!TABS.includes(tab) || tab === genclassAddress.open) continue;
    genclassAddress.open = tab;
    genclassAddress.write(onTheWayBack ? "replaceState" : "pushState");
    onTheWayBack = false;
  }
}).observe(document.documentElement, { subtree: true, attributeFilter: ["aria-selected"] });

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-copied]");
  if (button) genclassAddress.copy(button);
});
