// What every page of a model has: the model once it is there, or why it isn't.

let run, ready;
const model = new Promise((done) => (ready = done)); // settled like `loaded`

function fail(error) {
  at("status").textContent = words()[["old", "missing"].includes(error.message) ? error.message : "broken"];
  console.error(error);
}

// `lay`, as `speak` has it, is called again once the model is there.
async function open(lay) {
  at("weights").textContent = `${told.name} · sha256 ${told.sha256}`;
  speak(lay);
  at("status").textContent = words().loading;
  ready(loaded());
  try {
    run = await model;
  } catch (error) {
    return fail(error);
  }
  at("status").textContent = "";
  lay();
}
