// The peers' networks, and a computed picture for them.
import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';

// The networks' preprocessing: (value - mean[channel]) / scale. Sizes: height, width.
export const peers = {
  'face_detection_yunet_2026may': {mean: [0, 0, 0], scale: 1, sizes: [[160, 224], [256, 320]]},
  'yunet_n_dynamic': {mean: [0, 0, 0], scale: 1, sizes: [[160, 224], [256, 320]]},
  'yunet_s_dynamic': {mean: [0, 0, 0], scale: 1, sizes: [[160, 224], [256, 320]]},
  'retinaface_mnet025': {mean: [104, 117, 123], scale: 1, sizes: [[250, 333], [256, 320]]},
  'scrfd_500m_bnkps': {mean: [127.5, 127.5, 127.5], scale: 128, sizes: [[640, 640]]},
  'version-RFB-320': {mean: [127, 127, 127], scale: 128, sizes: [[240, 320]]},
  'version-slim-320': {mean: [127, 127, 127], scale: 128, sizes: [[240, 320]]},
  // Our own, with the same structure (tests/engine/fixtures/peers/small_peers.py).
  'small_yunet': {mean: [0, 0, 0], scale: 1, sizes: [[96, 160], [64, 96]]},
  // The same with other number formats (small_kinds.py).
  'small_half': {mean: [0, 0, 0], scale: 1, sizes: [[64, 96]]},
  'small_half_graph': {mean: [0, 0, 0], scale: 1, sizes: [[64, 96]]},
  'small_qdq': {mean: [0, 0, 0], scale: 1, sizes: [[64, 96]]},
  'small_retinaface': {mean: [104, 117, 123], scale: 1, sizes: [[75, 101], [64, 96]]},
  'small_scrfd': {mean: [127.5, 127.5, 127.5], scale: 128, sizes: [[64, 96]]},
  'small_ultraface': {mean: [127, 127, 127], scale: 128, sizes: [[48, 72]]},
};

// The names of the peers that are in a folder.
export function peersIn(folder) {
  return Object.keys(peers).filter(name => fs.existsSync(path.join(folder, `${name}.onnx`)));
}

function triangle(n, period) {
  const at = n % period;
  return Math.min(at, period - at);
}

// Integers from 0 to 255, so that every language computes the same picture: waves and noise.
function pixel(c, y, x) {
  const noise = ((x * 73 + y * 179 + c * 283) * 2654435 % 65536) >> 11;
  return triangle(3 * x + 5 * y + 40 * c, 256) + triangle(7 * x + 2 * y + 30 * c, 190) + noise;
}

export function picture({mean, scale}, height, width) {
  const values = new Float32Array(3 * height * width);
  let i = 0;
  for (let c = 0; c < 3; ++c)
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x) values[i++] = (pixel(c, y, x) - mean[c]) / scale;
  return new ort.Tensor('float32', values, [1, 3, height, width]);
}
