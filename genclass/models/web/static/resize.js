// A picture made small as Pillow makes it, to the last bit: Image.resize with a box and a reducing gap (genclass/files/preprocess.py).
// A picture is { width, height, data }, data a Uint8Array of three channels.

const GAP = 3, BITS = 22;
const sinc = (x) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));
const cubic = (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * -0.5);
// [reach in pixels of the small picture, weight at a distance]
const FILTERS = {
  box: [0.5, (x) => (x > -0.5 && x <= 0.5 ? 1 : 0)],
  bilinear: [1, (x) => Math.max(0, 1 - Math.abs(x))],
  bicubic: [2, (x) => (Math.abs(x) < 2 ? cubic(Math.abs(x)) : 0)],
  lanczos: [3, (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0)],
};

// The middle of a picture, `share` of its shorter side wide, as size × size pixels.
function square(picture, size, { crop_share: share, interpolation }) {
  const side = Math.min(picture.width, picture.height) * share;
  const box = [(picture.width - side) / 2, (picture.height - side) / 2, (picture.width + side) / 2, (picture.height + side) / 2];
  const filter = FILTERS[interpolation], factor = Math.floor(side / size / GAP) || 1;
  return factor > 1 ? resampled(...reduced(picture, box, factor, size, filter), size, filter) : resampled(picture, box, size, filter);
}

// Halved, or more, by plain means: [what is left around the box, the box in it].
function reduced(picture, box, factor, size, [reach]) {
  const around = ((reach - 0.5) * (box[2] - box[0])) / size;
  const left = Math.max(0, Math.trunc(box[0] - around)), top = Math.max(0, Math.trunc(box[1] - around));
  const right = Math.min(picture.width, Math.ceil(box[2] + around)), bottom = Math.min(picture.height, Math.ceil(box[3] + around));
  const width = Math.ceil((right - left) / factor), height = Math.ceil((bottom - top) / factor), data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const x0 = left + x * factor, y0 = top + y * factor, x1 = Math.min(x0 + factor, right), y1 = Math.min(y0 + factor, bottom);
    mean(picture, x0, y0, x1, y1, data, (y * width + x) * 3);
  }
  return [{ width, height, data }, [(box[0] - left) / factor, (box[1] - top) / factor, (box[2] - left) / factor, (box[3] - top) / factor]];
}

function mean({ width, data }, x0, y0, x1, y1, to, place) {
  const count = (x1 - x0) * (y1 - y0), half = count >> 1, share = Math.floor(2 ** 24 / count);
  for (let channel = 0; channel < 3; channel++) {
    let sum = half;
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[(y * width + x) * 3 + channel];
    to[place + channel] = Math.floor((sum * share) / 2 ** 24);
  }
}

// What each of `size` pixels between two edges is made of: [first, weights as whole numbers].
function parts(length, from, to, size, [reach, weight]) {
  const scale = (to - from) / size, wide = Math.max(scale, 1), support = reach * wide;
  return Array.from({ length: size }, (_, place) => {
    const centre = from + (place + 0.5) * scale, first = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(length, Math.trunc(centre + support + 0.5)) - first;
    const weights = Array.from({ length: count }, (_, step) => weight((step + first - centre + 0.5) * (1 / wide)));
    const whole = weights.reduce((sum, each) => sum + each, 0) || 1;
    return [first, weights.map((each) => Math.trunc((each / whole) * 2 ** BITS + (each < 0 ? -0.5 : 0.5)))];
  });
}

const byte = (sum) => Math.min(255, Math.max(0, sum >> BITS));

// First every row, then every column, each rounded to bytes.
function resampled({ width, height, data }, box, size, filter) {
  const across = parts(width, box[0], box[2], size, filter), down = parts(height, box[1], box[3], size, filter);
  const rows = new Uint8Array(height * size * 3), small = new Uint8Array(size * size * 3);
  const end = Math.max(...down.map(([first, weights]) => first + weights.length));
  for (let y = down[0][0]; y < end; y++) for (let x = 0; x < size; x++) blend(data, (y * width + across[x][0]) * 3, 3, across[x][1], rows, (y * size + x) * 3);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) blend(rows, (down[y][0] * size + x) * 3, size * 3, down[y][1], small, (y * size + x) * 3);
  return { width: size, height: size, data: small };
}

function blend(data, start, stride, weights, to, place) {
  for (let channel = 0; channel < 3; channel++) {
    let sum = 1 << (BITS - 1);
    for (let step = 0, at = start + channel; step < weights.length; step++, at += stride) sum += data[at] * weights[step];
    to[place + channel] = byte(sum);
  }
}

// Luma, as Pillow has it.
const grey = ({ data }) => Uint8Array.from({ length: data.length / 3 }, (_, place) => (data[3 * place] * 19595 + data[3 * place + 1] * 38470 + data[3 * place + 2] * 7471 + 0x8000) >> 16);

// Dark strokes on a light ground made light on black (genclass/files/images.py: onto_black).
function ontoBlack(pixels, size) {
  const line = (start, step) => Array.from({ length: size }, (_, place) => pixels[start + place * step]);
  const edges = [...line(0, 1), ...line(size * (size - 1), 1), ...line(0, size), ...line(size - 1, size)].sort((a, b) => a - b);
  if (edges.reduce((sum, each) => sum + each, 0) / edges.length <= 127) return [pixels, false];
  const rank = 0.9 * (edges.length - 1), low = Math.floor(rank), between = rank - low;
  const ground = Math.max(1, edges[low] + (edges[Math.min(low + 1, edges.length - 1)] - edges[low]) * between);
  return [pixels.map((value) => even(Math.min(255, Math.max(0, 255 * (1 - value / ground))))), true];
}

// Halves go to the even number.
function even(value) {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}
