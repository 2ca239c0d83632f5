// onnxruntime-web, which runs a model in the browser.

// A function of named inputs, {name: [data, shape]}, that gives the output's data.
async function started(ort, wasm, model, provider = "wasm") {
  Object.assign(ort.env.wasm, { numThreads: 1, wasmBinary: wasm });
  const session = await ort.InferenceSession.create(model, { executionProviders: [provider] });
  return async (inputs) => {
    const named = Object.entries(inputs).map(([name, [data, shape]]) => [name, new ort.Tensor(data.constructor === Float32Array ? "float32" : "uint8", data, shape)]);
    const outputs = await session.run(Object.fromEntries(named));
    return outputs[session.outputNames[0]].data;
  };
}
