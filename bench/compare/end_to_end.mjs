// From a 640x480 BGR frame in memory to boxes: YuNet in ONNX Runtime and FaceShot's detector, alternating.
//
//   cd bench/compare && npm install --ignore-scripts
//   node end_to_end.mjs [--rounds 7] [--threads 1] YUNET.onnx PATH_OF_faceshot [MODEL.onnx]
//
// ONNX Runtime's side: pixels to planes of floats (YuNet does not normalise them), the network, decoding of
// scores above 0.7, NMS; timed inside the process and in parts, because JavaScript does the first part slower
// than a vectorised loop. FaceShot's side is `faceshot bench`, in fp32 and in bf16.
import {execFileSync} from 'node:child_process';
import ort from 'onnxruntime-node';

const options = {rounds: 7, threads: 1};
const words = [];
for (let args = process.argv.slice(2); args.length > 0;) {
  const word = args.shift();
  if (word.startsWith('--') && word.slice(2) in options && args.length > 0)
    options[word.slice(2)] = Number(args.shift());
  else words.push(word);
}
if (words.length < 2) {
  console.error('usage: node end_to_end.mjs [--rounds N] [--threads N] YUNET.onnx PATH_OF_faceshot [MODEL.onnx]');
  process.exit(2);
}
const [yunet, program, model] = words;
const width = 640, height = 480, pixels = width * height;

const frame = new Uint8Array(3 * pixels).map(() => Math.random() * 256);
const planes = new Float32Array(3 * pixels);
function prepare() {
  for (let i = 0, at = 0; i < pixels; ++i, at += 3) {
    planes[i] = frame[at];
    planes[pixels + i] = frame[at + 1];
    planes[2 * pixels + i] = frame[at + 2];
  }
}

// Candidates above the threshold, and those that NMS keeps.
function decode(out) {
  const found = [];
  for (const s of [8, 16, 32]) {
    const columns = width / s;
    const [cls, obj, bbox] = ['cls', 'obj', 'bbox'].map(n => out[`${n}_${s}`].data);
    for (let i = 0; i < cls.length; ++i) {
      const score = cls[i] * obj[i];
      if (score < 0.49) continue;  // the score is its square root
      const x = (i % columns + bbox[4 * i]) * s, y = (Math.floor(i / columns) + bbox[4 * i + 1]) * s;
      const w = Math.exp(bbox[4 * i + 2]) * s, h = Math.exp(bbox[4 * i + 3]) * s;
      found.push([Math.sqrt(score), x - w / 2, y - h / 2, x + w / 2, y + h / 2]);
    }
  }
  found.sort((a, b) => b[0] - a[0]);
  return found.filter((box, i) => !found.slice(0, i).some(better => overlap(better, box) > 0.3));
}

function overlap(a, b) {
  const w = Math.min(a[3], b[3]) - Math.max(a[1], b[1]), h = Math.min(a[4], b[4]) - Math.max(a[2], b[2]);
  if (w <= 0 || h <= 0) return 0;
  const area = (c) => (c[3] - c[1]) * (c[4] - c[2]);
  return w * h / (area(a) + area(b) - w * h);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const session = await ort.InferenceSession.create(yunet, {
  intraOpNumThreads: options.threads, interOpNumThreads: 1, graphOptimizationLevel: 'all',
  executionMode: 'sequential', logSeverityLevel: 3,
});
const feeds = {[session.inputNames[0]]: new ort.Tensor('float32', planes, [1, 3, height, width])};
async function theirs(count) {
  const parts = [[], [], [], []];
  for (let i = 0; i < count; ++i) {
    const at = [process.hrtime.bigint()];
    prepare();
    at.push(process.hrtime.bigint());
    const out = await session.run(feeds);
    at.push(process.hrtime.bigint());
    decode(out);
    at.push(process.hrtime.bigint());
    for (let p = 0; p < 3; ++p) parts[p].push(Number(at[p + 1] - at[p]) / 1e6);
    parts[3].push(Number(at[3] - at[0]) / 1e6);
  }
  return parts.map(median);
}

function ours(precision) {
  const text = execFileSync(program, ['bench', '--json', '--size', `${width}x${height}`, '--threads',
    String(options.threads), '--seconds', '0.5', '--precision', precision, ...(model ? ['--model', model] : [])]);
  return JSON.parse(text).results[0].total_ms;
}

await theirs(50);
const times = {prepare: [], network: [], decode: [], all: [], fp32: [], bf16: []};
for (let round = 0; round < options.rounds; ++round) {
  const [prepared, network, decoded, all] = await theirs(60);
  times.prepare.push(prepared), times.network.push(network), times.decode.push(decoded), times.all.push(all);
  times.fp32.push(ours('fp32'));
  times.bf16.push(ours('bf16'));
}
await session.release();
const m = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
console.log(`640x480 BGR frame to boxes, ${options.threads} thread(s), medians of ${options.rounds} rounds, ms`);
console.log(`YuNet in ONNX Runtime: ${m.all.toFixed(3)} (pixels ${m.prepare.toFixed(3)}, network ` +
            `${m.network.toFixed(3)}, boxes ${m.decode.toFixed(3)})`);
for (const precision of ['fp32', 'bf16'])
  console.log(`FaceShot ${precision}: ${m[precision].toFixed(3)}, ${(m[precision] / m.all).toFixed(3)} of that, ` +
              `${(m[precision] / m.network).toFixed(3)} of its network alone`);
