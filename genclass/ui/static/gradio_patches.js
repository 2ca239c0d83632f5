// All that the page needs of Gradio 6.31's insides in the browser, where it has no public way: nowhere else.
// tests/browser/test_gradio_patches.py tells what a newer Gradio has changed.

window.genclassGradio = {
  // Gradio's own words follow the browser's language, not the page's. Its core module, which is loaded before this script
  // is, changes them.
  core: () => performance.getEntriesByType("resource").find(({ name }) => /\/core-[^/]*\.js/.test(name))?.name,

  // Words of the browser's language may still be on their way and come later: until the visitor, who can choose another
  // language in Gradio's settings, does something, the page's is set again.
  speak(locale) {
    const core = this.core(), root = document.documentElement;
    const set = () => core && root.lang !== locale && import(core).then((module) => module.changeLocale(locale));
    const watcher = new MutationObserver(set);
    watcher.observe(root, { attributeFilter: ["lang"] });
    for (const done of ["pointerdown", "keydown"]) addEventListener(done, () => watcher.disconnect(), { once: true });
    set();
    root.lang = locale;
  },

  // The page's address, whatever page of it is shown. Behind a proxy Gradio may take https for http: its path alone counts.
  root: () => location.origin + new URL(window.gradio_config.root, location.href).pathname.replace(/\/?$/, "/"),

  // What the page hears by itself becomes an event of Gradio's by a press on a button that nobody sees. Sliders are heard so:
  // an event of each takes as many milliseconds longer as there are sliders to tell apart.
  press(id) {
    document.getElementById(id)?.click();
  },

  // Gradio takes files by a drop on its own field only.
  give(field, files) {
    const input = document.querySelector(`#${field} input[type=file]`);
    if (!input) return false;
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  },
};

// Gradio tells of a choice from a dropdown by the mouse as `select`, of one by the keyboard only as `input`, which comes
// whenever a dropdown is left: Enter chooses as the mouse would. What was typed last has not narrowed the list down yet.
document.addEventListener("keydown", (event) => {
  const box = event.target, active = box.getAttribute?.("aria-activedescendant");
  if (event.key !== "Enter" || !active) return;
  const options = [...document.querySelectorAll(`#${CSS.escape(box.getAttribute("aria-controls"))} [role=option]`)];
  const fits = (option) => option.ariaLabel.toLowerCase().includes(box.value.toLowerCase());
  const untouched = options.some((option) => option.ariaSelected === "true" && option.ariaLabel === box.value);
  const marked = options.find((option) => option.id === active && (untouched || fits(option)));
  const chosen = marked ?? options.find(fits);
  if (!chosen) return; // Gradio's: the text itself, or what was chosen before
  event.stopImmediatePropagation();
  chosen.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
}, true);

// Gradio's sign for an upload takes a picture away and then waits for another press. Here it asks for a file, which takes the
// picture's place once it is there.
document.addEventListener("click", (event) => {
  const sign = event.target.closest?.("[data-testid=source-select] [aria-label='Upload file']");
  const field = sign?.closest(".block"), input = field?.querySelector("input[type=file]");
  if (!input || !field.querySelector(".image-frame img, .image-container img")) return;
  event.stopImmediatePropagation();
  input.click();
}, true);

// Gradio takes what a toast tells for HTML. What an event tells has been escaped by the server; the name of a file that a
// field does not take, and what a request is answered that failed, have not. No toast of this page has elements.
new MutationObserver(() => {
  for (const element of document.querySelectorAll("[data-testid=toast-text] > *")) element.replaceWith(element.outerHTML);
}).observe(document.documentElement, { childList: true, subtree: true });

// Gradio gives the pictures of its examples no names: who hears the page hears their heading and a number. Nor does it tell
// phones that a field takes numbers alone.
new MutationObserver(() => {
  for (const field of document.querySelectorAll("input[type=number]:not([inputmode])")) {
    field.inputMode = Number.isInteger(Number(field.step || "any")) ? "numeric" : "decimal";
  }
  for (const button of document.querySelectorAll(".gallery-item:not([aria-label])")) {
    const heading = button.closest(".block").querySelector(".label").textContent.trim();
    button.ariaLabel = `${heading} ${[...button.parentNode.children].indexOf(button) + 1}`;
  }
}).observe(document.documentElement, { childList: true, subtree: true });

// Gradio takes for an image what the browser calls one by its name, and offers no others to be chosen. Browsers know no
// HEIC, no .jfif, nothing without an ending: what has no type may be an image, which the server tells by its content.
const typeOfBlob = Object.getOwnPropertyDescriptor(Blob.prototype, "type").get;
Object.defineProperty(File.prototype, "type", {
  configurable: true,
  get() { return typeOfBlob.call(this) || "image/unknown"; },
});
new MutationObserver(() => {
  for (const input of document.querySelectorAll('input[type=file][accept="image/*"]')) {
    input.accept = "image/*,.heic,.heif,.hif,.avif,.jfif,.jpe,.tif,.tiff,.pbm,.pgm,.ppm,.pnm,.pfm";
  }
}).observe(document.documentElement, { childList: true, subtree: true });

// Gradio's server ends its stream of answers as soon as none is due. What the browser asks for while the last message is on
// its way would wait for ever: to the browser the stream is still open then, so it opens no other. Where an answer is due
// after all, the stream goes on here.
{
  const send = window.fetch, due = new Set(), early = new Set(); // events by their ids; the end of some comes before the id

  const eachMessage = async (body, pass) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const messages = (text + part.value).split("\n\n");
      text = messages.pop();
      messages.forEach(pass);
    }
  };

  const goOn = async (stream, request, answer) => {
    const encoder = new TextEncoder();
    let more;
    const pass = (message) => {
      const { msg, event_id } = JSON.parse(message.slice("data:".length));
      if (msg === "process_completed" && !due.delete(event_id)) early.add(event_id);
      more = msg === "close_stream" && due.size > 0;
      if (!more) stream.enqueue(encoder.encode(message + "\n\n"));
    };
    for (await eachMessage(answer.body, pass); more; await eachMessage(answer.body, pass)) {
      answer = await send(...request);
      if (!answer.ok) throw answer;
    }
    stream.close();
  };

  window.fetch = async (...request) => {
    const answer = await send(...request), path = answer.ok ? new URL(answer.url).pathname : "";
    if (path.endsWith("/queue/join")) {
      const { event_id } = await answer.clone().json();
      if (!early.delete(event_id)) due.add(event_id);
    }
    if (!path.endsWith("/queue/data")) return answer;
    return new Response(new ReadableStream({ start: (stream) => goOn(stream, request, answer) }), answer);
  };
}
