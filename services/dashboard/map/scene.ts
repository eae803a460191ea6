import type { Pointing } from '#shared/sky/pointing';
import { drawAxes } from '#sky-map/axes';
import { drawOverlays, type Overlays } from '#sky-map/overlays';
import type { PaletteName } from '#sky-map/palettes';
import { createProjection, type ProjectionName } from '#sky-map/projections';
import type { LevelRange } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { themeOf, type Theme } from '#sky-map/themes';
import type { View } from '#sky-map/view';
import { outlineCell, placeLayer } from './drawing.ts';
import { Layer } from './layer.ts';
import { LevelPainter } from './level-painter.ts';
import { SceneView } from './scene-view.ts';

/** A cell of the map. */
export interface Cell {
  row: number;
  column: number;
}

/** Style of the map. */
export interface MapStyle {
  palette: PaletteName;
  range: LevelRange | 'auto';
  theme: Theme;
}

interface Point {
  x: number;
  y: number;
}

const FONT_PX = { usual: 13, narrow: 11, narrowBelow: 440 };
const HATCH_PX = 8;
// The view is redrawn sharp after this time without movement.
const SHARPEN_DELAY_MS = 140;
// Share of a 16 ms frame for assigning cells to pixels. Longer before the first image, but below a
// long task (50 ms).
const SLICE_MS = { usual: 9, first: 40 };
// A higher resolution shows no more detail of the cells.
const MAX_PIXEL_RATIO = 2;

/**
 * The map on a canvas. Lengths are CSS pixels from its top left corner. Draws at most once per
 * animation frame and only after changes; while the view moves, the last sharp image is moved and
 * scaled.
 */
export class SkyScene {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #onRange: (range: LevelRange) => void;
  readonly #view = new SceneView();
  #projectionName: ProjectionName | undefined;
  #style: MapStyle = { palette: 'viridis', range: 'auto', theme: themeOf('light') };
  #overlays: Overlays = {};
  #marked: Cell | undefined;
  #ratio = 1;
  #fontPx = FONT_PX.usual;
  #painter: LevelPainter | undefined;
  /** Layers of the whole sky and of the current view. */
  #wholeLayer: Layer | undefined;
  #nearLayer: Layer | undefined;
  #pending: Layer | undefined;
  #frame = 0;
  /** Whether the canvas is outdated. */
  #stale = true;
  #sharpenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLCanvasElement, onRange: (range: LevelRange) => void) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser does not support canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.#onRange = onRange;
  }

  /**
   * Shows another map or projection: the whole sky, or the grid if it is fitted. A map of the same
   * grid only changes the colours.
   */
  show(map: SkyMap, name: ProjectionName): void {
    const before = this.#painter?.map;
    const hasSameCells = before !== undefined && name === this.#projectionName && isSameGrid(before, map);
    this.#projectionName = name;
    if (before !== map) {
      this.#painter?.close();
      this.#painter = new LevelPainter(map, this.#wake, this.#onRange);
      if (!hasSameCells) this.#marked = undefined;
    }
    if (hasSameCells && this.#wholeLayer) {
      this.#applyStyle();
      this.#wake();
      return;
    }
    this.#wholeLayer = this.#nearLayer = undefined;
    this.#applyStyle();
    this.#view.show(map, createProjection(name, map), this.#canvasSize());
    this.#startLayer(this.#view.whole);
  }

  setStyle(style: MapStyle): void {
    this.#style = style;
    this.#applyStyle();
    this.#wake();
  }

  overlay(overlays: Overlays): void {
    this.#overlays = overlays;
    this.#wake();
  }

  /** Outlines a cell. */
  mark(cell: Cell | undefined): void {
    if (this.#marked?.row === cell?.row && this.#marked?.column === cell?.column) return;
    this.#marked = cell;
    this.#wake();
  }

  /** Selects the mark at a position; returns whether there is one. */
  pick(at: Point): boolean {
    return this.#overlays.marks?.pick(this.#toCanvas(at), this.#fontPx) ?? false;
  }

  resize(width: number, height: number, ratio: number): void {
    this.#ratio = Math.min(MAX_PIXEL_RATIO, ratio);
    const [w, h] = [
      Math.max(1, Math.round(width * this.#ratio)),
      Math.max(1, Math.round(height * this.#ratio)),
    ];
    if (this.#canvas.width === w && this.#canvas.height === h) return;
    this.#canvas.width = w;
    this.#canvas.height = h;
    this.#fontPx = (width < FONT_PX.narrowBelow ? FONT_PX.narrow : FONT_PX.usual) * this.#ratio;
    this.#applyStyle();
    this.#view.resize(this.#canvasSize());
    this.#startLayer(this.#view.whole);
    // Resizing clears the canvas.
    this.#draw();
  }

  get zoom(): number {
    return this.#view.zoom;
  }

  get fitted(): boolean {
    return this.#view.fitted;
  }

  /** `at`: the fixed point, by default the centre. */
  zoomBy(factor: number, at?: Point): void {
    this.#view.zoomBy(factor, at && this.#toCanvas(at));
    this.#moved();
  }

  panBy(dx: number, dy: number): void {
    this.#view.panBy(dx * this.#ratio, dy * this.#ratio);
    this.#moved();
  }

  /** Shows the whole sky. */
  reset(): void {
    this.#view.reset();
    this.#moved();
  }

  /** Zooms until the grid fills the view. */
  fit(): void {
    this.#view.fit();
    this.#moved();
  }

  /** Pans until a pointing is visible. */
  reveal(pointing: Pointing): void {
    if (this.#view.reveal(pointing)) this.#moved();
  }

  /** The pointing at a position on the canvas; undefined outside the sky. */
  pointingAt(at: Point): Pointing | undefined {
    return this.#view.pointingAt(this.#toCanvas(at));
  }

  /** The position of a pointing on the canvas. */
  screenOf(pointing: Pointing): Point {
    const { x, y } = this.#view.pixelOf(pointing);
    return { x: x / this.#ratio, y: y / this.#ratio };
  }

  close(): void {
    this.#painter?.close();
    clearTimeout(this.#sharpenTimer);
    cancelAnimationFrame(this.#frame);
    this.#wake = () => undefined;
  }

  #applyStyle(): void {
    const { palette, range, theme } = this.#style;
    this.#painter?.setStyle(palette, range, theme, Math.round(HATCH_PX * this.#ratio));
  }

  #canvasSize() {
    const { width, height } = this.#canvas;
    return { width, height, fontPx: this.#fontPx };
  }

  #moved(): void {
    const { whole } = this.#view;
    if (!whole) return;
    if (this.#pending && this.#pending.view !== whole) this.#pending = undefined;
    clearTimeout(this.#sharpenTimer);
    this.#sharpenTimer = setTimeout(() => this.#sharpen(), SHARPEN_DELAY_MS);
    this.#wake();
  }

  /** Starts a sharp layer of the current view. */
  #sharpen(): void {
    const { current, whole } = this.#view;
    if (!current || this.#pending) return;
    if (current === whole) this.#nearLayer = undefined;
    else if (this.#nearLayer?.view !== current) this.#startLayer(current);
    this.#wake();
  }

  #startLayer(view: View | undefined): void {
    const { projection } = this.#view;
    if (!this.#painter || !projection || !view) return;
    this.#pending = new Layer(this.#painter.map, projection, view);
    this.#wake();
  }

  #wake = (): void => {
    this.#stale = true;
    this.#request();
  };

  #request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#onFrame);
  }

  #onFrame = (): void => {
    this.#frame = 0;
    this.#painter?.paint(this.#layers());
    const sliceMs = this.#wholeLayer ? SLICE_MS.usual : SLICE_MS.first;
    if (this.#pending?.step(performance.now() + sliceMs)) this.#finish(this.#pending);
    if (this.#stale) this.#draw();
    if (this.#pending) this.#request();
  };

  #finish(layer: Layer): void {
    const isFirst = this.#layers().length === 0;
    this.#pending = undefined;
    this.#stale = true;
    if (layer.view === this.#view.whole) this.#wholeLayer = layer;
    else this.#nearLayer = layer;
    if (isFirst) this.#painter?.paint([layer]);
    else this.#painter?.paintNew(layer);
    if (layer.view === this.#view.whole) this.#sharpen();
  }

  #layers(): Layer[] {
    return [this.#wholeLayer, this.#nearLayer].filter((layer) => layer !== undefined);
  }

  #draw(): void {
    const context = this.#context;
    const { current: view, projection } = this.#view;
    this.#stale = false;
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (!view || !projection) return;
    placeLayer(context, this.#wholeLayer, view);
    placeLayer(context, this.#nearLayer, view);
    const style = { theme: this.#style.theme, fontPx: this.#fontPx };
    drawAxes(context, projection, view, style);
    drawOverlays(context, projection, view, this.#overlays, this.#fontPx);
    const target = { context, projection, view, fontPx: this.#fontPx };
    if (this.#marked) outlineCell(target, this.#painter?.map, this.#marked);
  }

  #toCanvas({ x, y }: Point): Point {
    return { x: x * this.#ratio, y: y * this.#ratio };
  }
}

function isSameGrid(a: SkyMap, b: SkyMap): boolean {
  return a.added === b.added && JSON.stringify(a.bounds) === JSON.stringify(b.bounds);
}
