// Latents from seeds, bit for bit as genclass/models/latents.py draws them: MT19937, Box and Muller, float64 rounded to float32.

const SEEDS = 2 ** 32, BLOCK = 16;

// The 32-bit numbers of the Mersenne Twister (Matsumoto and Nishimura, 1998): a function that gives the next one.
function twister(seed) {
  const N = 624, M = 397, state = new Uint32Array(N);
  state[0] = seed % SEEDS;
  for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let at = N;
  const renew = () => {
    for (let i = 0; i < N; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  return () => {
    if (at === N) renew();
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

function pair(radius, angle) {
  const length = Math.sqrt(-2 * Math.log(radius)), turn = 2 * Math.PI * angle;
  return [length * Math.cos(turn), length * Math.sin(turn)];
}

// A block of normal numbers of as many uniform ones, of 24 random bits each: half of them radii, half angles.
function block(uniform) {
  const half = BLOCK / 2, pairs = Array.from({ length: half }, (_, i) => pair(1 - uniform[i], uniform[i + half]));
  return [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)];
}

// Less than a block: pairs of an angle and a radius, of 53 random bits each.
function few(next, zDim) {
  const uniform = () => ((next() & 0x1fffff) * SEEDS + next()) / 2 ** 53, found = [];
  while (found.length < zDim) {
    const angle = uniform(), radius = uniform();
    found.push(...pair(1 - radius, angle));
  }
  return found.slice(0, zDim);
}

// Float32Array of the zDim normal numbers of a seed.
function drawn(seed, zDim) {
  const next = twister(seed), uniform = (count) => Array.from({ length: count }, () => (next() & 0xffffff) / 2 ** 24);
  if (zDim < BLOCK) return Float32Array.from(few(next, zDim));
  const first = uniform(zDim), found = [];
  for (let i = 0; i + BLOCK <= zDim; i += BLOCK) found.push(...block(first.slice(i, i + BLOCK)));
  const tail = zDim % BLOCK ? [...found.slice(0, zDim - BLOCK), ...block(uniform(BLOCK))] : found;
  return Float32Array.from(tail);
}

// The same of a recipe that gives them, as base64 of float32: one for each image, or one for all.
function given(latent, index, zDim) {
  const bytes = Uint8Array.from(atob(latent), (letter) => letter.charCodeAt(0)), values = new Float32Array(bytes.buffer);
  return values.length === zDim ? values : values.slice(index * zDim, (index + 1) * zDim);
}

// Float32Array of z after truncation and directions, of image number `index` of a recipe.
function latent(recipe, index, zDim, directions) {
  const z = recipe.latent ? given(recipe.latent, index, zDim) : drawn(recipe.class === "all" ? recipe.seed : recipe.seed + index, zDim);
  const truncation = Math.fround(recipe.truncation);
  for (let i = 0; i < zDim; i++) z[i] *= truncation;
  for (const [id, sigma] of Object.entries(recipe.directions)) {
    const step = Math.fround(sigma), raw = /^z\d+$/.test(id) ? Number(id.slice(1)) : -1;
    if (raw >= 0) z[raw] += step;
    else directions[id].forEach((along, i) => (z[i] += Math.fround(step * along)));
  }
  return z;
}
