// A page's own link, as a QR code for those in the same room. One that was opened from disk has none that others could open.

const INK = { on: [0, 0, 0, 255], off: [255, 255, 255, 255] };

async function share() {
  const link = location.href;
  at("link").value = link;
  at("share").showModal();
  try {
    (await imported("qr")).generate(link).toCanvas(at("code"), INK);
    at("code").hidden = false;
  } catch (error) {
    at("code").hidden = true; // too long a link for a code, or an old browser
    console.error(error);
  }
}

at("show-link").hidden = !location.protocol.startsWith("http");
at("show-link").onclick = share;
at("link").onfocus = () => at("link").select();
