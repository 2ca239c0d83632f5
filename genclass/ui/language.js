// Each language has a page of its own: "/" is English, "/zh" Chinese. A browser that prefers another language than that of
// the root goes to its page, unless the visitor has chosen. Gradio's own words follow navigator.language, which is why that
// is set here, before Gradio starts.
const genclassPage = location.pathname.replace(/\/$/, "").split("/").pop() === "zh" ? "zh" : "en";
{
  const chosen = document.cookie.match(/genclass-language=(\w+)/)?.[1] || navigator.language.slice(0, 2);
  if (genclassPage === "en" && chosen === "zh") location.replace(location.pathname.replace(/\/?$/, "/zh") + location.search);
  const spoken = { en: "en", zh: "zh-CN" }[genclassPage];
  for (const [name, value] of [["language", spoken], ["languages", [spoken]]]) {
    Object.defineProperty(navigator, name, { get: () => value, configurable: true });
  }
  document.documentElement.lang = spoken;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-language]");
  if (!link) return;
  event.preventDefault();
  document.cookie = `genclass-language=${link.dataset.language};path=/;max-age=31536000;samesite=lax`;
  location.assign(link.getAttribute("href") + location.search);
});
