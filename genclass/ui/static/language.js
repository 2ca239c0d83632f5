// Each language has a page of its own, one of them at the root. A browser that prefers another language than that of the
// root goes to its page, unless the visitor has chosen.
{
  const { languages } = genclassTold; // {key: {locale, page}}
  const keys = Object.keys(languages), root = keys.find((key) => !languages[key].page);
  const last = location.pathname.replace(/\/$/, "").split("/").pop();
  const here = keys.find((key) => languages[key].page === last) ?? root;
  const like = (test) => keys.find((key) => test(languages[key].locale) === test(navigator.language));
  const preferred = like((tag) => tag.toLowerCase()) ?? like((tag) => tag.split("-")[0].toLowerCase()) ?? root;
  const chosen = document.cookie.match(/genclass-language=(\w+)/)?.[1];
  const { page } = languages[chosen] ?? languages[preferred];
  if (here === root && page) location.replace(location.pathname.replace(/\/?$/, "/" + page) + location.search);
  genclassGradio.speak(languages[here].locale);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-language]");
  if (!link) return;
  event.preventDefault();
  document.cookie = `genclass-language=${link.dataset.language};path=/;max-age=31536000;samesite=lax`;
  location.assign(link.getAttribute("href") + location.search);
});
