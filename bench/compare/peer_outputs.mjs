// Runs the peers' networks in ONNX Runtime on a computed picture and writes samples of their outputs,
// which tests/engine/peers_test.cpp expects of our engine:
//
//   cd bench/compare && npm install --ignore-scripts   (the CPU library is in the package itself)
//   node peer_outputs.mjs FOLDER_OF_ONNX_FILES ../../tests/engine/fixtures/peers
//
// The folder is ../shared/peers, or tests/engine/fixtures/peers for our own small networks.
//
// A fixture is text. "input H W" starts a run. "output NAME MEAN d0 d1 ..." starts an output: the mean
// of its absolute values, and its shape. Then one sample per line: index in row-major order, and value.
import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';
import {peers, peersIn, picture} from './peer_picture.mjs';

const samplesOfARun = 240;

// Evenly spaced, and the largest and the smallest.
function sampleIndices(values, count) {
  const indices = new Set();
  for (let i = 0; i < count; ++i) indices.add(Math.floor(i * values.length / count));
  let low = 0, high = 0;
  for (let i = 0; i < values.length; ++i) {
    if (values[i] < values[low]) low = i;
    if (values[i] > values[high]) high = i;
  }
  return [...indices.add(low).add(high)].sort((a, b) => a - b);
}

const [models, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node peer_outputs.mjs FOLDER_OF_ONNX_FILES OUTPUT_FOLDER');
  process.exit(2);
}
const version = JSON.parse(fs.readFileSync('package.json')).dependencies['onnxruntime-node'];
for (const name of peersIn(models)) {
  const peer = peers[name];
  const session = await ort.InferenceSession.create(
      path.join(models, `${name}.onnx`), {intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3});
  const lines = [`# ${name}.onnx in onnxruntime-node ${version}; made by bench/compare/peer_outputs.mjs`];
  lines.push(`pixels ${peer.mean.join(' ')} ${peer.scale}`);
  for (const [height, width] of peer.sizes) {
    lines.push(`input ${height} ${width}`);
    const results = await session.run({[session.inputNames[0]]: picture(peer, height, width)});
    const each = Math.ceil(samplesOfARun / session.outputNames.length);
    for (const output of session.outputNames) {
      const {data, dims} = results[output];
      let sum = 0;
      for (const v of data) sum += Math.abs(v);
      lines.push(`output ${output} ${(sum / data.length).toPrecision(6)} ${dims.join(' ')}`);
      for (const i of sampleIndices(data, each)) lines.push(`${i} ${data[i].toPrecision(9)}`);
    }
  }
  fs.writeFileSync(path.join(out, `${name}.txt`), lines.join('\n') + '\n');
}
