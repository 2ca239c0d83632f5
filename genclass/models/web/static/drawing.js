// Images of recipes, by `told`, what is known of a generator, and `run`, its network (runtime.js).

const images = (told, of) => (of.class === "all" ? told.classes.length : of.count);

// Shares of classes of an image, float32: one of them, or a mixture.
function shares(told, of, index) {
  if (of.mix) {
    const whole = Object.values(of.mix).reduce((sum, share) => sum + share);
    return Float32Array.from(told.classes, (name) => (of.mix[name] ?? 0) / whole);
  }
  const number = of.class === "all" ? index : of.class === null ? ((of.seed + index) % SEEDS) % told.classes.length : told.classes.indexOf(of.class);
  return Float32Array.from(told.classes, (_, place) => Number(place === number));
}

// ImageData of an image of a recipe.
async function drawing(told, run, of, index) {
  const z = latent(of, index, told.z_dim, told.directions), inputs = { z: [z, [1, told.z_dim]] };
  if (told.classes.length) inputs.shares = [shares(told, of, index), [1, told.classes.length]];
  const side = told.image_size, drawn = await run(inputs), area = side * side, found = new ImageData(side, side);
  for (let place = 0; place < area; place++) {
    for (let channel = 0; channel < 3; channel++) found.data[4 * place + channel] = drawn[area * (told.channels === 3 ? channel : 0) + place];
    found.data[4 * place + 3] = 255;
  }
  return found;
}
