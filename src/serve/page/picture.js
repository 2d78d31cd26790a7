// A picture with boxes that can be zoomed and moved.

/** Colours that stay apart for the colour-blind: Okabe and Ito's, without yellow and black. */
const colours = ['#009e73', '#e69f00', '#56b4e9', '#d55e00', '#cc79a7', '#0072b2'];
const colourOf = (face, index) => colours[((face.id ?? index + 1) - 1) % colours.length];

export class PictureView {
  #canvas; #stage; #image = null; #faces = []; #selected = -1;
  #zoom = 1; #x = 0; #y = 0;
  showLandmarks = true;
  showScores = true;
  /** Called with the index of a face that was clicked at. */
  onSelect = () => {};

  constructor(stage, canvas) {
    this.#stage = stage;
    this.#canvas = canvas;
    new ResizeObserver(() => this.draw()).observe(stage);
    this.#listen();
  }

  get image() { return this.#image; }

  /** @param image what can be drawn, or null; its size is that of the boxes' pixels. A bitmap is the view's from now on. */
  show(image, width, height, faces) {
    this.#image?.source.close?.();  // hundreds of megabytes: do not wait for the collector
    this.#image = image && { source: image, width, height };
    this.#faces = faces ?? [];
    this.#selected = -1;
    this.fit();
  }
  /** The next frame of the same camera. */
  showFrame(image, width, height, faces) {
    const same = this.#image && this.#image.width === width && this.#image.height === height;
    if (!same) return this.show(image, width, height, faces);
    this.#image.source = image;
    this.#faces = faces;
    this.draw();
  }
  setFaces(faces) {
    this.#faces = faces;
    this.#selected = -1;
    this.draw();
  }
  select(index) {
    this.#selected = index;
    const face = this.#faces[index];
    if (face && this.#zoom > 1) {
      this.#x = (face.x1 + face.x2) / 2 / this.#image.width - 0.5;
      this.#y = (face.y1 + face.y2) / 2 / this.#image.height - 0.5;
    }
    this.draw();
  }
  fit() { this.#zoom = 1; this.#x = this.#y = 0; this.draw(); }
  /** @param at what stays where it is, in pixels of the canvas; without it, the middle */
  zoomBy(factor, at = null) {
    const zoom = Math.min(40, Math.max(1, this.#zoom * factor));
    if (at && this.#image) {
      const { scale, left, top } = this.#place(), { width, height } = this.#image;
      const after = scale * zoom / this.#zoom;
      this.#x = (at.x - left) / (width * scale) - 0.5 - (at.x - this.#canvas.width / 2) / (width * after);
      this.#y = (at.y - top) / (height * scale) - 0.5 - (at.y - this.#canvas.height / 2) / (height * after);
    }
    this.#zoom = zoom;
    this.draw();
  }
  get zoom() { return this.#zoom; }

  /** Pixels of the canvas a pixel of the picture, and where the picture begins. */
  #place() {
    const { width, height } = this.#image;
    const scale = Math.min(this.#canvas.width / width, this.#canvas.height / height) * this.#zoom;
    const limit = 0.5;
    this.#x = Math.min(limit, Math.max(-limit, this.#zoom > 1 ? this.#x : 0));
    this.#y = Math.min(limit, Math.max(-limit, this.#zoom > 1 ? this.#y : 0));
    return {
      scale,
      left: this.#canvas.width / 2 - (0.5 + this.#x) * width * scale,
      top: this.#canvas.height / 2 - (0.5 + this.#y) * height * scale,
    };
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.#stage.clientWidth * ratio), height = Math.round(this.#stage.clientHeight * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#stage.classList.toggle('zoomed', this.#zoom > 1);
    const pen = this.#canvas.getContext('2d');
    pen.clearRect(0, 0, width, height);
    if (!this.#image || !width || !height) return;
    const { scale, left, top } = this.#place();
    pen.imageSmoothingEnabled = scale < 4;
    pen.drawImage(this.#image.source, left, top, this.#image.width * scale, this.#image.height * scale);
    this.#faces.forEach((face, index) => this.#drawFace(pen, face, index, { scale, left, top, ratio }));
  }

  #drawFace(pen, face, index, { scale, left, top, ratio }) {
    const x = left + face.x1 * scale, y = top + face.y1 * scale;
    const width = (face.x2 - face.x1) * scale, height = (face.y2 - face.y1) * scale;
    const chosen = index === this.#selected;
    const line = (chosen ? 4 : 2) * ratio;
    pen.lineWidth = line + 2 * ratio;  // a dark outline, visible on any background
    pen.strokeStyle = 'rgba(0, 0, 0, .55)';
    pen.strokeRect(x, y, width, height);
    pen.lineWidth = line;
    pen.strokeStyle = chosen ? '#fff' : colourOf(face, index);
    pen.strokeRect(x, y, width, height);
    if (this.showLandmarks && width > 18 * ratio)
      for (const [px, py] of face.landmarks ?? []) {
        pen.beginPath();
        pen.arc(left + px * scale, top + py * scale, Math.max(1.5 * ratio, width / 40), 0, 2 * Math.PI);
        pen.fillStyle = '#fff';
        pen.fill();
        pen.lineWidth = ratio;
        pen.strokeStyle = '#000';
        pen.stroke();
      }
    if (!this.showScores || (width < 26 * ratio && !chosen)) return;
    const text = (face.id ? `${face.id}  ` : '') + face.score.toFixed(2);
    pen.font = `${12 * ratio}px system-ui, sans-serif`;
    const size = pen.measureText(text).width + 8 * ratio;
    const above = y > 18 * ratio ? y - 18 * ratio : y;
    pen.fillStyle = 'rgba(0, 0, 0, .75)';
    pen.fillRect(x, above, size, 18 * ratio);
    pen.fillStyle = '#fff';
    pen.fillText(text, x + 4 * ratio, above + 13 * ratio);
  }

  #listen() {
    const pointers = new Map();
    let moved = 0;
    this.#stage.addEventListener('pointerdown', (event) => {
      this.#stage.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      moved = 0;
    });
    this.#stage.addEventListener('pointermove', (event) => {
      const from = pointers.get(event.pointerId);
      if (!from || !this.#image) return;
      const others = [...pointers].filter(([id]) => id !== event.pointerId);
      if (others.length) {
        const [x, y] = others[0][1];
        const distance = (a) => Math.hypot(a[0] - x, a[1] - y);
        this.zoomBy(distance([event.clientX, event.clientY]) / Math.max(1, distance(from)),
          this.#at({ clientX: (event.clientX + x) / 2, clientY: (event.clientY + y) / 2 }));
      } else this.#move(event.clientX - from[0], event.clientY - from[1]);
      moved += Math.abs(event.clientX - from[0]) + Math.abs(event.clientY - from[1]);
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
    });
    const up = (event) => {
      if (pointers.delete(event.pointerId) && event.type === 'pointerup' && moved < 6) this.#click(event);
    };
    this.#stage.addEventListener('pointerup', up);
    this.#stage.addEventListener('pointercancel', up);
    this.#stage.addEventListener('wheel', (event) => {
      if (!this.#image || (event.deltaY > 0 && this.#zoom === 1)) return;  // let the page scroll
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), this.#at(event));
    }, { passive: false });
    this.#stage.addEventListener('keydown', (event) => {
      const step = 60;
      const keys = {
        '+': () => this.zoomBy(1.4), '=': () => this.zoomBy(1.4), '-': () => this.zoomBy(1 / 1.4), 0: () => this.fit(),
        ArrowLeft: () => this.#move(step, 0), ArrowRight: () => this.#move(-step, 0),
        ArrowUp: () => this.#move(0, step), ArrowDown: () => this.#move(0, -step),
      };
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  /** Where on the canvas. */
  #at(event) {
    const area = this.#stage.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    return { x: (event.clientX - area.left) * ratio, y: (event.clientY - area.top) * ratio };
  }

  #move(dx, dy) {
    if (!this.#image) return;
    const ratio = window.devicePixelRatio || 1;
    const { scale } = this.#place();
    this.#x -= dx * ratio / scale / this.#image.width;
    this.#y -= dy * ratio / scale / this.#image.height;
    this.draw();
  }

  #click(event) {
    if (!this.#image) return;
    const at = this.#at(event), { scale, left, top } = this.#place();
    const x = (at.x - left) / scale, y = (at.y - top) / scale;
    // Select the smallest box under the pointer.
    const area_of = (face) => (face.x2 - face.x1) * (face.y2 - face.y1);
    const hits = this.#faces.map((face, index) => ({ face, index }))
      .filter(({ face }) => x >= face.x1 && x <= face.x2 && y >= face.y1 && y <= face.y2)
      .sort((a, b) => area_of(a.face) - area_of(b.face));
    if (hits.length) this.onSelect(hits[0].index);
  }
}
