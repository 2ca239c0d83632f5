// What every page has: its model's facts, words in two languages, and the model once it is there.

const json = (id) => JSON.parse(document.getElementById(id).textContent);
const told = { ...json("genclass-model"), ...json("told") };
const at = (id) => document.getElementById(id);
const part = (tag, values) => Object.assign(document.createElement(tag), values);
const words = () => told.words[language];
const called = (name) => told.called[language][name] ?? name; // a class as people call it
let language = navigator.language.startsWith("zh") ? "zh" : "en", run, ready;
const model = new Promise((done) => (ready = done)); // settled like `loaded`

function fail(error) {
  at("status").textContent = words()[["old", "missing"].includes(error.message) ? error.message : "broken"];
  console.error(error);
}

// `lay` fills what the page's own script fills, in the language of the moment.
function speak(lay) {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = words()[each.dataset.word];
  Object.assign(at("language"), language === "en" ? { textContent: "中文", lang: "zh" } : { textContent: "English", lang: "en" });
  lay();
}

// `lay` is called again once the model is there.
async function open(lay) {
  at("weights").textContent = `${told.name} · sha256 ${told.sha256}`;
  at("language").onclick = () => { language = language === "en" ? "zh" : "en"; speak(lay); };
  speak(lay);
  at("status").textContent = words().loading;
  ready(loaded());
  try {
    run = await model;
  } catch (error) {
    return fail(error);
  }
  at("status").textContent = "";
  lay();
}
