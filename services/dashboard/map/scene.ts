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
import { Levels } from './levels.ts';
import { SceneView } from './scene-view.ts';

/** A cell of the grid. */
export interface Cell {
  row: number;
  column: number;
}

/** What levels look like. */
export interface Look {
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
// A view that has not moved for that long is drawn sharp.
const REST_MS = 140;
// Of a frame of 16 ms, for finding the cells of pixels; while there is nothing to see yet, as much
// as is no long task.
const SLICE_MS = { usual: 9, first: 40 };
// More pixels than two by two for one of CSS show nothing more of cells.
const MOST_RATIO = 2;

/**
 * The map on a canvas. Lengths are CSS pixels from its corner. Work is done once per animation
 * frame and only when there is some; while the view moves, the last sharp picture is moved.
 */
export class SkyScene {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #onRange: (range: LevelRange) => void;
  readonly #view = new SceneView();
  #look: Look = { palette: 'viridis', range: 'auto', theme: themeOf('light') };
  #overlays: Overlays = {};
  #marked: Cell | undefined;
  #ratio = 1;
  #fontPx = FONT_PX.usual;
  #levels: Levels | undefined;
  /** The whole sky, and what is zoomed in on. */
  #wholeLayer: Layer | undefined;
  #nearLayer: Layer | undefined;
  #making: Layer | undefined;
  #frame = 0;
  /** Whether what is on the canvas is old. */
  #stale = true;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLCanvasElement, onRange: (range: LevelRange) => void) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.#onRange = onRange;
  }

  /** Another map or projection: the whole of it, or the grid when it is fitted. */
  show(map: SkyMap, name: ProjectionName): void {
    if (this.#levels?.map !== map) {
      this.#levels?.close();
      this.#levels = new Levels(map, this.#wake, this.#onRange);
      this.#marked = undefined;
    }
    this.#wholeLayer = this.#nearLayer = undefined;
    this.#applyLook();
    this.#view.show(map, createProjection(name, map), this.#sheet());
    this.#make(this.#view.whole);
  }

  look(look: Look): void {
    this.#look = look;
    this.#applyLook();
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

  resize(width: number, height: number, ratio: number): void {
    this.#ratio = Math.min(MOST_RATIO, ratio);
    const [w, h] = [
      Math.max(1, Math.round(width * this.#ratio)),
      Math.max(1, Math.round(height * this.#ratio)),
    ];
    if (this.#canvas.width === w && this.#canvas.height === h) return;
    this.#canvas.width = w;
    this.#canvas.height = h;
    this.#fontPx = (width < FONT_PX.narrowBelow ? FONT_PX.narrow : FONT_PX.usual) * this.#ratio;
    this.#applyLook();
    this.#view.resize(this.#sheet());
    this.#make(this.#view.whole);
    // A canvas that is resized is empty until it is drawn.
    this.#draw();
  }

  get zoom(): number {
    return this.#view.zoom;
  }

  get fitted(): boolean {
    return this.#view.fitted;
  }

  /** `at`: what stays where it is; the middle when it is left out. */
  zoomBy(factor: number, at?: Point): void {
    this.#view.zoomBy(factor, at && this.#inner(at));
    this.#moved();
  }

  panBy(dx: number, dy: number): void {
    this.#view.panBy(dx * this.#ratio, dy * this.#ratio);
    this.#moved();
  }

  /** The whole sky. */
  reset(): void {
    this.#view.reset();
    this.#moved();
  }

  /** The grid fills the picture. */
  fit(): void {
    this.#view.fit();
    this.#moved();
  }

  /** Pans until a pointing is in sight. */
  reveal(pointing: Pointing): void {
    if (this.#view.reveal(pointing)) this.#moved();
  }

  /** What is at a place of the canvas; undefined where there is no sky. */
  pointingAt(at: Point): Pointing | undefined {
    return this.#view.pointingAt(this.#inner(at));
  }

  /** Where a pointing is on the canvas. */
  screenOf(pointing: Pointing): Point {
    const { x, y } = this.#view.pixelOf(pointing);
    return { x: x / this.#ratio, y: y / this.#ratio };
  }

  close(): void {
    this.#levels?.close();
    clearTimeout(this.#rest);
    cancelAnimationFrame(this.#frame);
    this.#wake = () => undefined;
  }

  #applyLook(): void {
    const { palette, range, theme } = this.#look;
    this.#levels?.look(palette, range, theme, Math.round(HATCH_PX * this.#ratio));
  }

  #sheet() {
    const { width, height } = this.#canvas;
    return { width, height, fontPx: this.#fontPx };
  }

  #moved(): void {
    const { whole } = this.#view;
    if (!whole) return;
    if (this.#making && this.#making.view !== whole) this.#making = undefined;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#sharpen(), REST_MS);
    this.#wake();
  }

  /** Begins the picture of the view as it is now. */
  #sharpen(): void {
    const { now, whole } = this.#view;
    if (!now || this.#making) return;
    if (now === whole) this.#nearLayer = undefined;
    else if (this.#nearLayer?.view !== now) this.#make(now);
    this.#wake();
  }

  #make(view: View | undefined): void {
    const { projection } = this.#view;
    if (!this.#levels || !projection || !view) return;
    this.#making = new Layer(this.#levels.map, projection, view);
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
    this.#levels?.paint(this.#layers());
    const sliceMs = this.#wholeLayer ? SLICE_MS.usual : SLICE_MS.first;
    if (this.#making?.step(performance.now() + sliceMs)) this.#finish(this.#making);
    if (this.#stale) this.#draw();
    if (this.#making) this.#request();
  };

  #finish(made: Layer): void {
    const isFirst = this.#layers().length === 0;
    this.#making = undefined;
    this.#stale = true;
    if (made.view === this.#view.whole) this.#wholeLayer = made;
    else this.#nearLayer = made;
    if (isFirst) this.#levels?.paint([made]);
    else this.#levels?.paintNew(made);
    if (made.view === this.#view.whole) this.#sharpen();
  }

  #layers(): Layer[] {
    return [this.#wholeLayer, this.#nearLayer].filter((layer) => layer !== undefined);
  }

  #draw(): void {
    const context = this.#context;
    const { now: view, projection } = this.#view;
    this.#stale = false;
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (!view || !projection) return;
    placeLayer(context, this.#wholeLayer, view);
    placeLayer(context, this.#nearLayer, view);
    const style = { theme: this.#look.theme, fontPx: this.#fontPx };
    drawAxes(context, projection, view, style);
    drawOverlays(context, projection, view, this.#overlays, this.#fontPx);
    const sheet = { context, projection, view, fontPx: this.#fontPx };
    if (this.#marked) outlineCell(sheet, this.#levels?.map, this.#marked);
  }

  #inner({ x, y }: Point): Point {
    return { x: x * this.#ratio, y: y * this.#ratio };
  }
}
