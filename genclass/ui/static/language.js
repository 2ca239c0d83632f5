// Each language has a page of its own: "/" is English, "/zh" Chinese. A browser that prefers another language than that of
// the root goes to its page, unless the visitor has chosen. Gradio's own words follow the browser; its own module, which is
// loaded before this script is, changes them.
const genclassPage = location.pathname.replace(/\/$/, "").split("/").pop() === "zh" ? "zh" : "en";
{
  const chosen = document.cookie.match(/genclass-language=(\w+)/)?.[1] || navigator.language.slice(0, 2);
  if (genclassPage === "en" && chosen === "zh") location.replace(location.pathname.replace(/\/?$/, "/zh") + location.search);
  const spoken = { en: "en", zh: "zh-CN" }[genclassPage];
  const loaded = performance.getEntriesByType("resource").find(({ name }) => /\/core-[^/]*\.js/.test(name));
  if (loaded) import(loaded.name).then((core) => core.changeLocale(spoken));
  document.documentElement.lang = spoken;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-language]");
  if (!link) return;
  event.preventDefault();
  document.cookie = `genclass-language=${link.dataset.language};path=/;max-age=31536000;samesite=lax`;
  location.assign(link.getAttribute("href") + location.search);
});
