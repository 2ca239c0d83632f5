// One of each class as a file: as it is shown, each image over its name, in the fonts that are here. The PNG that comes is
// one long row; the recipe that it carries is taken over.

window.genclassSheet = {
  // The address of the picture of a file: `names` of the images in the row at `url`, to be laid out in so many `columns`.
  async url({ url, names, columns }) {
    const row = new Image();
    row.src = url;
    await row.decode();
    const drawn = this.drawn(row, names, columns).toDataURL();
    return URL.createObjectURL(this.told(this.bytes(drawn), this.bytes(url)));
  },

  drawn(row, names, columns) {
    const side = row.naturalHeight, line = Math.round(side / 6);
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    canvas.width = columns * side;
    canvas.height = Math.ceil(names.length / columns) * (side + line);
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { fillStyle: "black", textAlign: "center", textBaseline: "middle" });
    pen.font = `${Math.round(line * 0.6)}px ${getComputedStyle(document.body).fontFamily}`;
    names.forEach((name, index) => {
      const left = (index % columns) * side, top = Math.floor(index / columns) * (side + line);
      pen.drawImage(row, index * side, 0, side, side, left, top, side, side);
      pen.fillText(name, left + side / 2, top + side + line / 2, side * 0.95);
    });
    return canvas;
  },

  bytes: (url) => Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0)),

  // A PNG with the texts of another: chunks of length, kind, content and checksum, after a head of 8 bytes and one of 25.
  told(png, other) {
    const texts = [], view = new DataView(other.buffer);
    for (let at = 8, next; at < other.length; at = next) {
      next = at + 12 + view.getUint32(at);
      if (String.fromCharCode(...other.slice(at + 4, at + 8)) === "iTXt") texts.push(other.slice(at, next));
    }
    return new Blob([png.slice(0, 33), ...texts, png.slice(33)], { type: "image/png" });
  },
};
