// What the file carries, and onnxruntime-web, which runs its model: everything is in the page, nothing is asked for.

async function carried(id) {
  const text = document.getElementById(id).textContent, bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

// A function of named inputs, {name: [data, shape]}, that gives the output's data.
async function loaded() {
  if (!window.WebAssembly || !window.DecompressionStream) throw new Error("old");
  const script = URL.createObjectURL(new Blob([await carried("ort-script")], { type: "text/javascript" }));
  const ort = await import(script);
  URL.revokeObjectURL(script);
  Object.assign(ort.env.wasm, { numThreads: 1, wasmBinary: await carried("ort-wasm") });
  const session = await ort.InferenceSession.create(await carried("model"), { executionProviders: ["wasm"] });
  return async (inputs) => {
    const named = Object.entries(inputs).map(([name, [data, shape]]) => [name, new ort.Tensor("float32", data, shape)]);
    const outputs = await session.run(Object.fromEntries(named));
    return outputs[session.outputNames[0]].data;
  };
}
