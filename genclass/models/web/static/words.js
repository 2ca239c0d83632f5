// What every page has: what it is told, and its words in two languages.

const json = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");
const told = { ...json("genclass-model"), ...json("told") };
const at = (id) => document.getElementById(id);
const part = (tag, values) => Object.assign(document.createElement(tag), values);
const words = () => told.words[language];
const called = (name) => told.called[language][name] ?? name; // a class as people call it
let language = navigator.language.startsWith("zh") ? "zh" : "en";

// `lay` fills what the page's own script fills, in the language of the moment.
function speak(lay) {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = words()[each.dataset.word];
  Object.assign(at("language"), language === "en" ? { textContent: "中文", lang: "zh" } : { textContent: "English", lang: "en" });
  at("language").onclick = () => { language = language === "en" ? "zh" : "en"; speak(lay); };
  lay();
}
