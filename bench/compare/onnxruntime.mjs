// Times ONNX files in ONNX Runtime and in FaceShot's engine, alternating, network only: from the
// input tensor to the raw outputs. One table: medians over all rounds, and their ratio.
//
//   cd bench/compare && npm install --ignore-scripts   (the CPU library is in the package itself)
//   node onnxruntime.mjs [--threads 1] [--rounds 9] [--runs 60] [--sizes 320x240,640x480]
//                        [--divisor 32] [--precision fp32|bf16] PATH_OF_bench_network_time FILE.onnx...
//
// A file with a fixed input size is timed at that size only; others at each size, rounded up to
// --divisor. Each program is idle while the other runs.
import {spawn} from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import ort from 'onnxruntime-node';

const options = {threads: 1, rounds: 9, runs: 60, sizes: '320x240,640x480', divisor: 32, precision: 'fp32'};
const files = [];
for (let args = process.argv.slice(2); args.length > 0;) {
  const word = args.shift();
  if (!word.startsWith('--')) files.push(word);
  else if (!(word.slice(2) in options) || args.length === 0) files.length = args.length = 0;
  else options[word.slice(2)] = args.shift();
}
if (files.length < 2) {
  console.error('usage: node onnxruntime.mjs [--threads N] [--rounds N] [--runs N] [--sizes WxH,...]' +
                ' [--divisor N] [--precision fp32|bf16] PATH_OF_bench_network_time FILE.onnx...');
  process.exit(2);
}
const program = files.shift();
const threads = Number(options.threads), rounds = Number(options.rounds), runs = Number(options.runs);

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Both have `time(runs)`, the median time of that many runs in ms, and `close()`.
async function onnxRuntime(file, height, width) {
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  const data = new Float32Array(3 * height * width).map(() => Math.random() * 255);
  const feeds = {[session.inputNames[0]]: new ort.Tensor('float32', data, [1, 3, height, width])};
  return {
    async time(count) {
      const times = [];
      for (let i = 0; i < count; ++i) {
        const start = process.hrtime.bigint();
        await session.run(feeds);
        times.push(Number(process.hrtime.bigint() - start) / 1e6);
      }
      return median(times);
    },
    close: () => session.release(),
  };
}

function faceshot(file, height, width) {
  const child = spawn(program, [file, height, width, threads, options.precision].map(String),
                      {stdio: ['pipe', 'pipe', 'inherit']});
  const lines = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
  return {
    async time(count) {
      child.stdin.write(`${count}\n`);
      const {value, done} = await lines.next();
      if (done) throw new Error('bench_network_time ended');
      return Number(value);
    },
    close: () => child.stdin.end(),
  };
}

// [[width, height], ...] for a file: its own size if it is fixed.
async function sizesOf(file) {
  const session = await ort.InferenceSession.create(file, {logSeverityLevel: 3});
  const shape = session.inputMetadata?.[0]?.shape ?? [];
  await session.release();
  const [height, width] = shape.slice(-2);
  if (Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)
    return [[width, height]];
  const up = (n) => Math.ceil(n / options.divisor) * options.divisor;
  return options.sizes.split(',').map((size) => size.split('x').map((n) => up(Number(n))));
}

console.log(`| network | input | ONNX Runtime | FaceShot | ratio |   (FaceShot ${options.precision}, ${threads} thread(s), medians, ms)`);
console.log('|---|---|---|---|---|');
for (const file of files) {
  for (const [width, height] of await sizesOf(file)) {
    const pair = [await onnxRuntime(file, height, width), faceshot(file, height, width)];
    const times = [[], []];
    for (const runner of pair) await runner.time(20);
    for (let round = 0; round < rounds; ++round) {
      for (const which of round % 2 === 0 ? [0, 1] : [1, 0]) {
        await pause(20);  // lets spinning threads of the other program fall asleep
        times[which].push(await pair[which].time(runs));
      }
    }
    for (const runner of pair) await runner.close();
    const [theirs, ours] = times.map(median);
    console.log(`| ${path.basename(file, '.onnx')} | ${width}x${height} | ${theirs.toFixed(3)} | ` +
                `${ours.toFixed(3)} | ${(theirs / ours).toFixed(2)} |`);
  }
}
