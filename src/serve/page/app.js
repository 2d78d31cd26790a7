// The page: photographs in, faces out.
import * as api from './api.js';
import { Camera } from './camera.js';
import { recall, remember } from './memory.js';
import { messages, preferredLanguage } from './messages.js';
import { PictureView } from './picture.js';

/** Faces are asked for down to this score; the slider filters them here. */
const lowestScore = 0.05;
/** What the server hides from: this share of the network's own threshold. */
const hidingShare = 0.6;

const element = (id) => document.getElementById(id);
const view = new PictureView(element('stage'), element('picture'));
const camera = new Camera(element('video'));
let language = recall('language') in messages ? recall('language') : preferredLanguage();
let network = { threshold: 0.5, max_side: 640, name: '', limits: { upload_bytes: Infinity, pixels: Infinity } };
let photographs = [];  // {file, name, state, result, error, again, thumbnail, row}; error: a
                       // message, again: whether a retry may help
let status = { message: null, problem: false };
let current = null;
let live = null;       // the last answer of the camera's stream
let rate = 0;          // its frames per second
let selected = -1;
let queue = [], working = 0;

const say = (name, ...values) => {
  const message = messages[language][name];
  return typeof message === 'function' ? message(...values) : message;
};
const threshold = () => Number(element('threshold').value);
const visible = (faces) => (faces ?? []).filter((face) => face.score >= threshold());
const shownFaces = () => visible(live ? live.faces : current?.result?.faces);

/** @param message its name and values, or null. It is said again in another language, and not twice in the same one. */
function setStatus(message, problem = false) {
  status = { message, problem };
  const text = message ? say(...message) : '';
  if (element('status').textContent !== text) element('status').textContent = text;
  element('status').classList.toggle('problem', problem);
}

// Words and colours

function translate() {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', say(node.dataset.label));
  element('camera').textContent = say(camera.running ? 'camera_stop' : 'camera_start');
  element('model').textContent = network.name ? say('model', network.name, network.max_side) : '';
  setStatus(status.message, status.problem);
  for (const each of photographs) updateRow(each);
  showFaces();
}

function setTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

// The list of photographs

function errorText({ error, again }) {
  const text = say(...error);
  return again ? say('again', text) : text;
}

function updateRow(each) {
  const found = each.result && say('in_file', visible(each.result.faces).length);
  each.note.textContent = each.error ? errorText(each)
    : found ? (each.result.warning ? say('incomplete', found) : found) : say(each.state);
  each.note.classList.toggle('problem', Boolean(each.error));
  each.row.setAttribute('aria-current', String(each === current));
}

function addRow(each) {
  each.row = document.createElement('button');
  each.row.type = 'button';
  each.thumbnail = document.createElement('canvas');
  each.thumbnail.setAttribute('aria-hidden', 'true');
  const lines = document.createElement('span'), name = document.createElement('span');
  each.note = document.createElement('span');
  lines.className = 'lines';
  name.className = 'name';
  name.textContent = each.name;
  each.note.className = 'small';
  lines.append(name, each.note);
  each.row.append(each.thumbnail, lines);
  each.row.addEventListener('click', () => {
    if (each.again) askAgain([each]);
    select(each);
    showViewer();
  });
  const item = document.createElement('li');
  item.append(each.row);
  element('photographs').append(item);
  element('photographs').hidden = element('clear').hidden = false;
  updateRow(each);
}

/** On a phone the picture is below the list. */
function showViewer() {
  if (matchMedia('(max-width: 44rem)').matches) element('viewer').scrollIntoView();
}

/** A picture of the file, upright; where the browser does not know its format, the server's. */
async function bitmapOf(each) {
  try {
    return await createImageBitmap(each.converted ?? each.file);
  } catch {
    if (!each.result) throw new Error('the server has not read it either');
    each.converted = await api.converted(each.file);
    return createImageBitmap(each.converted);
  }
}

function drawThumbnail(each, bitmap) {
  const side = 112;
  const scale = Math.max(side / bitmap.width, side * 0.75 / bitmap.height);
  each.thumbnail.width = side;
  each.thumbnail.height = side * 0.75;
  each.thumbnail.getContext('2d').drawImage(bitmap, (side - bitmap.width * scale) / 2, (side * 0.75 - bitmap.height * scale) / 2,
    bitmap.width * scale, bitmap.height * scale);
}

async function select(each) {
  stopCamera();
  if (current !== each || !view.image) view.show(null);
  current = each;
  selected = -1;
  for (const other of photographs) updateRow(other);
  showFaces();
  let bitmap;
  try {
    bitmap = await bitmapOf(each);
  } catch {
    return;  // the reason is already shown
  }
  if (current !== each || camera.running) return bitmap.close();
  drawThumbnail(each, bitmap);
  view.show(bitmap, each.result?.width ?? bitmap.width, each.result?.height ?? bitmap.height, shownFaces());
  showFaces();
}

/** @returns {Array} a message: its name and values */
function messageOf(error) {
  if (!(error instanceof api.Refusal)) return ['failed', String(error)];
  if (error.status === 0) return ['no_server'];
  if (error.status === 401) return ['key_needed'];
  const name = `problem ${error.kind}`;
  return name in messages.en ? [name, network.limits] : ['failed', error.message];
}

async function lookAt(each) {
  each.state = 'looking';
  updateRow(each);
  try {
    if (each.file.size > network.limits.upload_bytes) throw new api.Refusal(413, '', 'too-large');
    each.result = await api.detect(each.file, lowestScore, () => {
      each.state = 'retrying';
      updateRow(each);
    });
  } catch (error) {
    each.error = messageOf(error);
    each.again = Boolean(error.passes);
    if (error.status === 401) element('key-form').hidden = false;
  }
  updateRow(each);
  if (each === current && !camera.running) return select(each);
  if (!each.result) return;
  try {
    const bitmap = await bitmapOf(each);
    drawThumbnail(each, bitmap);
    bitmap.close();
  } catch { /* faces are found; it has no small picture */ }
}

function work() {
  while (working < 2 && queue.length) {
    const each = queue.shift();
    ++working;
    lookAt(each).finally(() => {
      --working;
      if (photographs.includes(each)) showProgress();
      work();
    });
  }
}

function showProgress() {
  const finished = photographs.filter((one) => one.result || one.error).length;
  const failed = photographs.filter((one) => one.error).length;
  element('download-all').hidden = finished - failed < 2;
  if (!camera.running)
    setStatus(finished === photographs.length ? ['done', finished - failed, failed] : ['progress', finished, photographs.length]);
}

/** What had failed for a reason that may be gone. */
function askAgain(which) {
  for (const each of which.filter((one) => one.again)) {
    each.error = undefined;
    each.again = false;
    each.state = 'waiting';
    updateRow(each);
    queue.push(each);
  }
  work();
}

const looksLikePhotograph = (file) => file.type.startsWith('image/') || /\.(jpe?g|png|webp|hei[cf]|avif|tiff?|gif|bmp)$/i.test(file.name);

function add(files) {
  const nameOf = (file) => file.webkitRelativePath || file.name;
  const chosen = [...files].filter(looksLikePhotograph)
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true }));
  if (!chosen.length) return setStatus(['none_chosen'], true);
  for (const file of chosen) {
    const each = { file, name: nameOf(file) || say('pasted'), state: 'waiting' };
    photographs.push(each);
    addRow(each);
    queue.push(each);
  }
  if (!current || camera.running) {
    select(photographs.at(-chosen.length));
    showViewer();
  }
  work();
}

/** All files in what was dropped, folders too. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const files = [];
  const walk = async (entry) => {
    if (entry.isFile) {
      files.push(await new Promise((found, failed) => entry.file(found, failed)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((found, failed) => reader.readEntries(found, failed));
      if (!some.length) return;
      for (const each of some) await walk(each).catch(() => {});  // skip unreadable ones
    }
  };
  for (const entry of entries) await walk(entry).catch(() => {});
  return files;
}

// Faces

function faceRow(face, index) {
  const row = document.createElement('button');
  row.type = 'button';
  row.setAttribute('aria-pressed', String(index === selected));
  const crop = document.createElement('canvas');
  crop.width = crop.height = 96;
  crop.setAttribute('aria-hidden', 'true');
  if (view.image) {
    const { source, width } = view.image;
    const scale = (source.width || width) / width, side = Math.max(face.x2 - face.x1, face.y2 - face.y1) * 1.3;
    const x = (face.x1 + face.x2 - side) / 2, y = (face.y1 + face.y2 - side) / 2;
    crop.getContext('2d').drawImage(source, x * scale, y * scale, side * scale, side * scale, 0, 0, 96, 96);
  }
  const text = document.createElement('span');
  text.className = 'lines';
  const score = face.score.toFixed(2);
  const title = face.id ? say('track', face.id, score) : say('face', index + 1, score);
  text.textContent = face.class ? say('with_class', title, face.class) : title;
  row.append(crop, text);
  row.addEventListener('click', () => selectFace(index));
  const item = document.createElement('li');
  item.append(row);
  return item;
}

function selectFace(index) {
  selected = index === selected ? -1 : index;
  view.select(selected);
  [...element('faces').children].forEach((item, i) => item.firstChild.setAttribute('aria-pressed', String(i === selected)));
  element('faces').children[selected]?.scrollIntoView({ block: 'nearest' });
}

function showFaces() {
  const faces = shownFaces(), all = (live ? live.faces : current?.result?.faces) ?? [];
  element('threshold-value').textContent = threshold().toFixed(2);
  const count = live || current?.result ? say('count', faces.length, all.length) : '';
  element('count').textContent = live ? say('camera_rate', count, rate.toFixed(0)) : count;
  element('faces').replaceChildren(...faces.slice(0, 300).map(faceRow));
  const name = live ? say('camera') : current?.name;
  element('picture').setAttribute('aria-label', name ? say('picture_label', name, faces.length) : say('empty'));
  element('empty').textContent = current?.error ? errorText(current) : say('empty');
  element('empty').hidden = Boolean(live || (current && !current.error));
  for (const id of ['download-json', 'download-boxes', 'download-hidden']) element(id).disabled = !current?.result || Boolean(live);
}

function refilter() {
  selected = -1;
  for (const each of photographs) updateRow(each);
  view.setFaces(shownFaces());
  showFaces();
}

// Downloads

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const stem = () => current.name.split('/').at(-1).replace(/\.[^.]*$/, '');

const jsonOf = ({ name, result: { width, height, faces } }) => ({ file: name, width, height, threshold: threshold(), faces: visible(faces) });

const saveJson = (value, name) => save(new Blob([JSON.stringify(value, null, 1)], { type: 'application/json' }), name);

async function savePicture(button, ending, make) {
  const name = stem();
  button.disabled = true;
  try {
    save(await make(), `${name}-${ending}.jpg`);
  } catch (error) {
    setStatus(messageOf(error), true);
  }
  showFaces();
}

// The camera

async function toggleCamera() {
  if (camera.running) {
    stopCamera();
    if (current) select(current);
    else view.show(null);
    return;
  }
  if (!navigator.mediaDevices?.getUserMedia) return setStatus(['camera_none'], true);
  let shown = 0;
  showCameraState(true);
  setStatus(['camera_starting']);
  showViewer();
  try {
    // Low scores continue tracks but should not start them.
    await camera.start((network.threshold * hidingShare).toFixed(2), (frame, answer, frames) => {
      live = answer;
      rate = frames;
      view.showFrame(frame, answer.width, answer.height, shownFaces());
      // The list is for reading: two updates per second are enough.
      if (performance.now() - shown < 500) return;
      shown = performance.now();
      showFaces();
      setStatus(['camera_live', shownFaces().length]);
    }, () => {
      stopCamera();
      setStatus(['camera_lost'], true);
    });
  } catch {
    if (!camera.running) return;  // stopped before it had started
    stopCamera();
    setStatus(['camera_refused'], true);
  }
}

function showCameraState(running) {
  element('camera').setAttribute('aria-pressed', String(running));
  element('camera').textContent = say(running ? 'camera_stop' : 'camera_start');
}

function stopCamera() {
  if (element('camera').getAttribute('aria-pressed') === 'false') return;
  camera.stop();
  live = null;
  showCameraState(false);
  setStatus(null);
  showFaces();
}

// Start

async function connect() {
  try {
    network = await api.model();
    element('key-form').hidden = true;
    element('threshold').value = network.threshold;
    setStatus(null);
    translate();
    askAgain(photographs);
  } catch (error) {
    if (error.status === 401) {
      element('key-form').hidden = false;
      return setStatus([element('key').value ? 'key_wrong' : 'key_needed'], true);
    }
    setStatus(messageOf(error), true);
    if (error.passes) setTimeout(connect, 3000);
  }
}

function listen() {
  const on = (id, event, handler) => element(id).addEventListener(event, handler);
  on('choose', 'click', () => element('files').click());
  on('choose-folder', 'click', () => element('folder').click());
  for (const id of ['files', 'folder'])
    on(id, 'change', (event) => {
      add(event.target.files);
      event.target.value = '';
    });
  on('camera', 'click', toggleCamera);
  on('clear', 'click', () => {
    queue = [];
    photographs = [];
    current = null;
    element('photographs').replaceChildren();
    element('photographs').hidden = element('clear').hidden = element('download-all').hidden = true;
    if (!camera.running) {
      view.show(null);
      setStatus(null);
    }
    showFaces();
    element('choose').focus();
  });
  on('zoom-in', 'click', () => view.zoomBy(1.4));
  on('zoom-out', 'click', () => view.zoomBy(1 / 1.4));
  on('zoom-fit', 'click', () => view.fit());
  on('threshold', 'input', refilter);
  on('show-landmarks', 'change', (event) => { view.showLandmarks = event.target.checked; view.draw(); });
  on('show-scores', 'change', (event) => { view.showScores = event.target.checked; view.draw(); });
  on('download-json', 'click', () => saveJson(jsonOf(current), `${stem()}.json`));
  on('download-all', 'click', () => saveJson(photographs.filter((each) => each.result).map(jsonOf), 'faces.json'));
  on('download-boxes', 'click', (event) => savePicture(event.target, 'boxes', () => api.annotated(current.file, threshold())));
  on('download-hidden', 'click', (event) => savePicture(event.target, 'hidden',
    () => api.hidden(current.file, Math.max(0.01, Math.min(threshold(), hidingShare * network.threshold)).toFixed(3), element('style').value)));
  on('key-form', 'submit', (event) => {
    event.preventDefault();
    api.useKey(element('key').value.trim());
    connect();
  });
  on('language', 'change', (event) => {
    language = event.target.value;
    remember('language', language);
    translate();
  });
  on('theme', 'change', (event) => {
    remember('theme', event.target.value);
    setTheme(event.target.value);
  });
  document.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length) add(event.clipboardData.files);
  });
  for (const event of ['dragenter', 'dragover'])
    document.addEventListener(event, (e) => { e.preventDefault(); element('drop').classList.add('over'); });
  for (const event of ['dragleave', 'drop'])
    document.addEventListener(event, (e) => { e.preventDefault(); element('drop').classList.remove('over'); });
  document.addEventListener('drop', async (event) => add(await filesOf(event.dataTransfer)));
  view.onSelect = selectFace;
}

element('language').value = language;
element('theme').value = ['light', 'dark'].includes(recall('theme')) ? recall('theme') : 'auto';
setTheme(element('theme').value);
listen();
translate();
connect();
