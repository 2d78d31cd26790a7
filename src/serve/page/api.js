// Requests to the server.
import { recall, remember } from './memory.js';

/** What the server says instead of an answer. `status` 0: it does not answer; `kind`: of problem, as in 'too-large'. */
export class Refusal extends Error {
  constructor(status, detail, kind = '') {
    super(detail);
    this.status = status;
    this.kind = kind;
  }
  /** Whether the same question may be answered later. */
  get passes() { return [0, 401, 408, 503].includes(this.status); }
}

let key = recall('key', () => sessionStorage) ?? '';

export function useKey(text) {
  key = text;
  remember('key', text, () => sessionStorage);
}

const pause = (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000));

/** Asks; while the server is busy, again and again. @param {(busy: boolean) => void} onBusy */
async function ask(path, options = {}, onBusy = () => {}) {
  for (let attempt = 0; ; ++attempt) {
    let answer;
    try {
      const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
      answer = await fetch(path, { ...options, headers });
    } catch {
      throw new Refusal(0, '');
    }
    if (answer.ok) return answer;
    if (answer.status === 503 && attempt < 30) {
      onBusy(true);
      await pause(Number(answer.headers.get('Retry-After') ?? 1) + Math.random());
      continue;
    }
    const problem = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, problem.detail ?? `HTTP ${answer.status}`, String(problem.type ?? '').split(':').at(-1));
  }
}

const photograph = (file, headers) => ({ method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream', ...headers } });

export const model = async () => (await ask('v1/model')).json();

export const detect = async (file, threshold, onBusy) =>
  (await ask(`v1/detect?threshold=${threshold}`, photograph(file), onBusy)).json();

/** The picture with boxes, as the server draws it. @returns {Promise<Blob>} */
export const annotated = async (file, threshold) =>
  (await ask(`v1/detect?threshold=${threshold}`, photograph(file, { Accept: 'image/jpeg' }))).blob();

/** The picture in a format that every browser shows. Of so small a copy no face has that score, so nothing is drawn. */
export const converted = async (file) =>
  (await ask('v1/detect?threshold=0.99&max_side=64', photograph(file, { Accept: 'image/jpeg' }))).blob();

export const hidden = async (file, threshold, style) =>
  (await ask(`v1/anonymize?threshold=${threshold}&style=${style}`, photograph(file, { Accept: 'image/jpeg' }))).blob();

/** A live stream. */
export function openStream(threshold) {
  const url = new URL(`v1/stream?threshold=${threshold}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  // Names of protocols are tokens (RFC 9110, 5.6.2), which exclude the parentheses that
  // encodeURIComponent keeps.
  const token = encodeURIComponent(key).replace(/[()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return new WebSocket(url, ['faceshot', ...(key ? [`faceshot.key.${token}`] : [])]);
}
