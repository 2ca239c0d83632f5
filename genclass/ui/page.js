// What the page does by itself: the address follows the picture, and a picture is saved as a file.
window.genclass = {
  // The address bar and the link name the picture that is shown. Browsers limit how often an address may change.
  follow(query) {
    const theme = new URLSearchParams(location.search).get("__theme");
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      history.replaceState(null, "", "?" + query + (theme ? "&__theme=" + encodeURIComponent(theme) : ""));
    }, 400);
    return query ? location.origin + location.pathname + "?" + query : "";
  },

  download(id) {
    const image = document.querySelector("#" + id + " img");
    if (!image) return;
    const anchor = document.createElement("a");
    anchor.href = image.src;
    anchor.download = image.dataset.name;
    anchor.click();
  },
};
