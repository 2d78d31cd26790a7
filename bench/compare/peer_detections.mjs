// Runs the peers' networks in ONNX Runtime on a computed picture, decodes their outputs as their authors'
// programs do, and writes the best candidates (before NMS), which tests/detect/peers_test.cpp expects of
// our decoders:
//
//   cd bench/compare && npm install --ignore-scripts
//   node peer_detections.mjs FOLDER_OF_ONNX_FILES ../../tests/detect/fixtures/peers
//
// The folder is ../shared/peers, or tests/engine/fixtures/peers for our own small networks.
//
// A fixture is text. "input H W" and then one candidate per line, by descending score: score, x1, y1, x2, y2,
// and x and y of five points if the network has them. There are no faces in the picture, so scores are low.
import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';
import {peers, peersIn, picture} from './peer_picture.mjs';

const candidatesOfARun = 60;
const strides = [8, 16, 32];

// OpenCV, modules/objdetect/src/face_detect.cpp (4.8 and later), FaceDetectorYNImpl::postProcess.
function yunet(out, height, width) {
  const found = [];
  for (const s of strides) {
    const cols = width / s, rows = height / s;
    const [cls, obj, bbox, kps] = ['cls', 'obj', 'bbox', 'kps'].map(n => out[`${n}_${s}`].data);
    for (let r = 0; r < rows; ++r)
      for (let c = 0; c < cols; ++c) {
        const i = r * cols + c;
        const score = Math.sqrt(Math.min(Math.max(cls[i], 0), 1) * Math.min(Math.max(obj[i], 0), 1));
        const cx = (c + bbox[4 * i]) * s, cy = (r + bbox[4 * i + 1]) * s;
        const w = Math.exp(bbox[4 * i + 2]) * s, h = Math.exp(bbox[4 * i + 3]) * s;
        const points = [];
        for (let n = 0; n < 5; ++n)
          points.push((kps[10 * i + 2 * n] + c) * s, (kps[10 * i + 2 * n + 1] + r) * s);
        found.push([score, cx - w / 2, cy - h / 2, cx - w / 2 + w, cy - h / 2 + h, ...points]);
      }
  }
  return found;
}

// InsightFace, detection/scrfd/tools/scrfd.py: distance2bbox and distance2kps of anchor centres at
// multiples of the stride, two anchors per cell.
function scrfd(out, height, width) {
  const found = [];
  for (const s of strides) {
    const centers = [];
    for (let y = 0; y < Math.floor(height / s); ++y)
      for (let x = 0; x < Math.floor(width / s); ++x)
        for (let anchor = 0; anchor < 2; ++anchor) centers.push([x * s, y * s]);
    const scores = out[`score_${s}`].data;
    const bbox = Array.from(out[`bbox_${s}`].data, v => v * s);
    const kps = Array.from(out[`kps_${s}`].data, v => v * s);
    centers.forEach(([x, y], i) => {
      const points = [];
      for (let n = 0; n < 10; n += 2) points.push(x + kps[10 * i + n], y + kps[10 * i + n + 1]);
      found.push([scores[i], x - bbox[4 * i], y - bbox[4 * i + 1], x + bbox[4 * i + 2],
                  y + bbox[4 * i + 3], ...points]);
    });
  }
  return found;
}

// Ultra-Light-Fast-Generic-Face-Detector-1MB, run_video_face_detect_onnx.py.
function ultraface(out, height, width) {
  const scores = out.scores.data, boxes = out.boxes.data, found = [];
  for (let i = 0; i < boxes.length / 4; ++i)
    found.push([scores[2 * i + 1], boxes[4 * i] * width, boxes[4 * i + 1] * height,
                boxes[4 * i + 2] * width, boxes[4 * i + 3] * height]);
  return found;
}

// Pytorch_Retinaface: PriorBox, and decode and decode_landm of utils/box_utils.py, in fractions of the image.
function retinaface(out, height, width) {
  const sizes = [[10, 20], [32, 64], [128, 256]], found = [];
  const loc = out.loc.data, conf = out.conf.data, landm = out.landm.data;
  let i = 0;
  strides.forEach((s, k) => {
    for (let r = 0; r < Math.ceil(height / s); ++r)
      for (let c = 0; c < Math.ceil(width / s); ++c)
        for (const size of sizes[k]) {
          const [px, py, pw, ph] =
              [(c + 0.5) * s / width, (r + 0.5) * s / height, size / width, size / height];
          const cx = px + loc[4 * i] * 0.1 * pw, cy = py + loc[4 * i + 1] * 0.1 * ph;
          const w = pw * Math.exp(loc[4 * i + 2] * 0.2), h = ph * Math.exp(loc[4 * i + 3] * 0.2);
          const points = [];
          for (let n = 0; n < 10; n += 2)
            points.push((px + landm[10 * i + n] * 0.1 * pw) * width,
                        (py + landm[10 * i + n + 1] * 0.1 * ph) * height);
          found.push([conf[2 * i + 1], (cx - w / 2) * width, (cy - h / 2) * height,
                      (cx + w / 2) * width, (cy + h / 2) * height, ...points]);
          ++i;
        }
  });
  return found;
}

const decoders = {
  'yunet_n_dynamic': yunet,
  'yunet_s_dynamic': yunet,
  'scrfd_500m_bnkps': scrfd,
  'version-slim-320': ultraface,
  'version-RFB-320': ultraface,
  'retinaface_mnet025': retinaface,
  'small_yunet': yunet,
  'small_scrfd': scrfd,
  'small_ultraface': ultraface,
  'small_retinaface': retinaface,
};

const [models, folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node peer_detections.mjs FOLDER_OF_ONNX_FILES OUTPUT_FOLDER');
  process.exit(2);
}
fs.mkdirSync(folder, {recursive: true});
for (const name of peersIn(models).filter(each => each in decoders)) {
  const session = await ort.InferenceSession.create(
      path.join(models, `${name}.onnx`), {intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3});
  const [height, width] = peers[name].sizes.at(-1);
  const out = await session.run({[session.inputNames[0]]: picture(peers[name], height, width)});
  const best = decoders[name](out, height, width).sort((a, b) => b[0] - a[0]).slice(0, candidatesOfARun);
  const lines = best.map(values => values.map(v => v.toPrecision(8)).join(' '));
  fs.writeFileSync(path.join(folder, `${name}.txt`),
                   [`# ${name}.onnx; made by bench/compare/peer_detections.mjs`,
                    `input ${height} ${width}`, ...lines].join('\n') + '\n');
}
