// The live camera: sends frames to the server and receives faces with track ids.
import { openStream } from './api.js';

/** One frame is on its way at a time: what is shown is never older than one answer. */
export class Camera {
  #video; #media = null; #socket = null; #frame = document.createElement('canvas'); #times = [];
  #turn = 0;  // counts calls of start() and stop(): results of earlier ones are dropped
  #running = false;

  constructor(video) { this.#video = video; }

  /** From start() on, while the browser still asks whether it may. */
  get running() { return this.#running; }

  /**
   * @param {(canvas, answer, rate) => void} onFaces with the frame that was looked at
   * @param {() => void} onLost when the server ends the stream
   * @throws {DOMException} where there is no camera, or it is not allowed
   */
  async start(threshold, onFaces, onLost) {
    const turn = ++this.#turn;
    this.#running = true;
    this.#times = [];
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: 'user' }, audio: false });
    if (turn !== this.#turn) {
      for (const track of media.getTracks()) track.stop();
      return;
    }
    this.#media = media;
    this.#video.srcObject = media;
    await this.#video.play();
    if (turn !== this.#turn) return;
    const socket = this.#socket = openStream(threshold);
    socket.onopen = () => this.#send(turn);
    socket.onmessage = (event) => {
      if (turn !== this.#turn) return;
      const answer = JSON.parse(event.data);
      const now = performance.now();
      this.#times = [...this.#times.filter((time) => now - time < 2000), now];
      if (answer.faces) onFaces(this.#frame, answer, this.#times.length / 2);
      // Give a busy server a moment.
      setTimeout(() => this.#send(turn), answer.faces ? 0 : 300);
    };
    socket.onclose = () => {
      if (turn !== this.#turn) return;
      this.stop();
      onLost();
    };
  }

  #send(turn) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (turn !== this.#turn || this.#socket.readyState !== WebSocket.OPEN) return;
    if (!width) return void setTimeout(() => this.#send(turn), 50);
    if (this.#frame.width !== width || this.#frame.height !== height) {
      this.#frame.width = width;
      this.#frame.height = height;
    }
    this.#frame.getContext('2d').drawImage(this.#video, 0, 0);
    this.#frame.toBlob((blob) => {
      if (blob && turn === this.#turn && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(blob);
    }, 'image/jpeg', 0.8);
  }

  stop() {
    ++this.#turn;
    this.#running = false;
    this.#socket?.close();
    for (const track of this.#media?.getTracks() ?? []) track.stop();
    this.#video.srcObject = null;
    this.#media = this.#socket = null;
  }
}
