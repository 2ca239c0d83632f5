// What an exported page carries or has beside it: nothing is asked of anyone else.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";

// Bytes of base 85 as Python has it: five digits for four bytes.
function unpacked(text) {
  const values = new Uint8Array(128), found = new Uint8Array(Math.ceil(text.length / 5) * 4), view = new DataView(found.buffer);
  [...DIGITS].forEach((digit, value) => (values[digit.charCodeAt(0)] = value));
  for (let from = 0, to = 0; from < text.length; from += 5, to += 4) {
    let number = 0;
    for (let step = 0; step < 5; step++) number = number * 85 + (from + step < text.length ? values[text.charCodeAt(from + step)] : 84);
    view.setUint32(to, number);
  }
  return found.slice(0, Math.floor((text.length * 4) / 5));
}

async function carried(id) {
  return told.files ? beside(...told.files[id]) : inflated(unpacked(document.getElementById(id).textContent));
}

// A file of the same folder. A host may answer with a page of its own where there is none: its size tells.
async function beside(address, size) {
  try {
    const found = await inflated(new Uint8Array(await (await fetch(address)).arrayBuffer()));
    if (found.length === size) return found;
  } catch {}
  throw new Error("missing");
}

async function inflated(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes; // a host that knows the name's ending has seen to it
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

// A script of the page's own parts, as a module.
async function imported(id) {
  const script = URL.createObjectURL(new Blob([await carried(id)], { type: "text/javascript" }));
  const found = await import(script);
  URL.revokeObjectURL(script);
  return found;
}

// The model, as `started` gives it.
async function loaded() {
  if (!window.WebAssembly || !window.DecompressionStream) throw new Error("old");
  const ort = await imported("ort-script");
  return started(ort, await carried("ort-wasm"), await carried("model"));
}
