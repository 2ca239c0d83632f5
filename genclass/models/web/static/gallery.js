// The index of several pages: its words in the visitor's language.

const told = JSON.parse(document.getElementById("told").textContent), button = document.getElementById("language");
let language = navigator.language.startsWith("zh") ? "zh" : "en";

function speak() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = told[language][each.dataset.word];
  Object.assign(button, language === "en" ? { textContent: "中文", lang: "zh" } : { textContent: "English", lang: "en" });
}

button.onclick = () => { language = language === "en" ? "zh" : "en"; speak(); };
speak();
