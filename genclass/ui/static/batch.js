// Many images: files and folders are dropped or chosen, uploaded a few at a time, then handed over with their paths.
const MOST = 2000, AT_ONCE = 6;
const zone = element.querySelector(".gc-drop");
const status = element.querySelector(".gc-drop-status");
const [files, folder] = element.querySelectorAll("input");

function tell(words) { status.textContent = words; }

// Every file below a dropped entry, with its path from there.
async function walk(entry, into) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    into.push([entry.fullPath.replace(/^\//, ""), file]);
  } else {
    const reader = entry.createReader();
    for (let part; (part = await new Promise((done, fail) => reader.readEntries(done, fail))).length;) {
      for (const inner of part) await walk(inner, into);
    }
  }
}

async function send(found) {
  found = found.filter(([path]) => !path.split("/").some(name => name.startsWith(".")));
  if (!found.length) return;
  if (found.length > MOST) return tell(zone.dataset.most);
  const sent = [], queue = found.map((entry, index) => [index, ...entry]);
  async function work() {
    for (let next; (next = queue.shift());) {
      const [index, name, file] = next;
      sent[index] = {name, path: file.size ? (await upload(file)).path : null};
      tell(zone.dataset.sending.replace("{done}", sent.filter(Boolean).length).replace("{total}", found.length));
    }
  }
  try {
    await Promise.all(Array.from({length: AT_ONCE}, work));
    tell("");
    genclass.given["many-drop"] = sent;
    trigger("submit");
  } catch {
    tell(zone.dataset.failed);
  }
}

zone.addEventListener("dragover", event => { event.preventDefault(); zone.classList.add("gc-over"); });
zone.addEventListener("dragleave", () => zone.classList.remove("gc-over"));
zone.addEventListener("drop", async event => {
  event.preventDefault();
  zone.classList.remove("gc-over");
  const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry());
  const loose = [...event.dataTransfer.files].map(file => [file.name, file]);
  const found = [];
  try {
    for (const entry of entries) if (entry) await walk(entry, found);
  } catch {
    return tell(zone.dataset.failed); // a folder that can't be read, or is gone
  }
  send(found.length ? found : loose);
});
element.querySelector(".gc-choose-files").addEventListener("click", () => files.click());
element.querySelector(".gc-choose-folder").addEventListener("click", () => folder.click());
for (const input of [files, folder]) {
  input.addEventListener("change", () => {
    send([...input.files].map(file => [file.webkitRelativePath || file.name, file]));
    input.value = "";
  });
}
