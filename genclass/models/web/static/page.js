// What every page has: its model's facts, words in two languages, and the model once it is there.

const told = JSON.parse(document.getElementById("told").textContent);
const at = (id) => document.getElementById(id);
const part = (tag, values) => Object.assign(document.createElement(tag), values);
const words = () => told.words[language];
let language = navigator.language.startsWith("zh") ? "zh" : "en", run;

function fail(error) {
  at("status").textContent = words()[error.message === "old" ? "old" : "broken"];
  throw error;
}

// `lay` fills what the page's own script fills, in the language of the moment; it is called again once the model is there.
async function open(lay) {
  const speak = () => {
    document.documentElement.lang = language;
    for (const each of document.querySelectorAll("[data-word]")) each.textContent = words()[each.dataset.word];
    Object.assign(at("language"), language === "en" ? { textContent: "中文", lang: "zh" } : { textContent: "English", lang: "en" });
    lay();
  };
  at("weights").textContent = `${told.name} · sha256 ${told.sha256}`;
  at("language").onclick = () => { language = language === "en" ? "zh" : "en"; speak(); };
  speak();
  at("status").textContent = words().loading;
  run = await loaded().catch(fail);
  at("status").textContent = "";
  lay();
}
