import type { Pointing } from '#shared/sky/pointing';
import { drawAxes, layoutPlot } from '#sky-map/axes';
import { drawOverlays, type Overlays } from '#sky-map/overlays';
import type { PaletteName } from '#sky-map/palettes';
import { fitGrid } from '#sky-map/grid-box';
import { createProjection, type Projection, type ProjectionName } from '#sky-map/projections';
import type { LevelRange } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { themeOf, type Theme } from '#sky-map/themes';
import { fitView, fromPixel, keepInView, panView, toPixel, zoomView, type View } from '#sky-map/view';
import { outlineCell, placeLayer } from './drawing.ts';
import { Layer } from './layer.ts';
import { Levels } from './levels.ts';

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

const MOST_ZOOM = 64;
const FONT_PX = { usual: 13, narrow: 11, narrowBelow: 440 };
const HATCH_PX = 8;
// A view that has not moved for that long is drawn sharp.
const REST_MS = 140;
// Of a frame of 16 ms, for finding the cells of pixels; while there is nothing to see yet, as much as is no long task.
const SLICE_MS = { usual: 9, first: 40 };
// More pixels than two by two for one of CSS show nothing more of cells.
const MOST_RATIO = 2;

/**
 * The map on a canvas. Lengths are CSS pixels from its corner. Work is done once per animation frame and only when there is some; while
 * the view moves, the last sharp picture is moved.
 */
export class SkyScene {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #onRange: (range: LevelRange) => void;
  #look: Look = { palette: 'viridis', range: 'auto', theme: themeOf('light') };
  #overlays: Overlays = {};
  #marked: Cell | undefined;
  #ratio = 1;
  #fontPx = FONT_PX.usual;
  #levels: Levels | undefined;
  #projection: Projection | undefined;
  #whole: View | undefined;
  #view: View | undefined;
  /** Whether the view is that of `fit`, and stays it when the canvas changes its size. */
  #fitted = false;
  #mostZoom = MOST_ZOOM;
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
    this.#projection = createProjection(name, map);
    this.#wholeLayer = this.#nearLayer = undefined;
    this.#applyLook();
    this.#layOut(true);
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
    this.#layOut(false);
    // A canvas that is resized is empty until it is drawn.
    this.#draw();
  }

  get zoom(): number {
    return this.#view && this.#whole ? this.#view.pxPerDegX / this.#whole.pxPerDegX : 1;
  }

  get fitted(): boolean {
    return this.#fitted;
  }

  /** `at`: what stays where it is; the middle when it is left out. */
  zoomBy(factor: number, at?: Point): void {
    const { width, height } = this.#canvas;
    const fixed = at ? this.#inner(at) : { x: width / 2, y: height / 2 };
    this.#fitted = false;
    if (this.#view) this.#move(zoomView(this.#view, factor, fixed));
  }

  panBy(dx: number, dy: number): void {
    this.#fitted = false;
    if (this.#view) this.#move(panView(this.#view, dx * this.#ratio, dy * this.#ratio));
  }

  /** The whole sky. */
  reset(): void {
    this.#fitted = false;
    if (this.#whole) this.#move(this.#whole);
  }

  /** The grid fills the picture. */
  fit(): void {
    this.#fitted = true;
    const near = this.#fittedView();
    if (near) this.#move(near);
  }

  /** Pans until a pointing is in sight. */
  reveal(pointing: Pointing): void {
    const { width, height } = this.#canvas;
    const at = this.#inner(this.screenOf(pointing));
    if (at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height) return;
    this.#fitted = false;
    if (this.#view) this.#move(panView(this.#view, width / 2 - at.x, height / 2 - at.y));
  }

  /** What is at a place of the canvas; undefined where there is no sky. */
  pointingAt(at: Point): Pointing | undefined {
    if (!this.#view || !this.#projection) return undefined;
    const { x, y } = fromPixel(this.#view, this.#inner(at));
    const elevationDeg = this.#projection.elevationAt(x, y);
    if (Number.isNaN(elevationDeg)) return undefined;
    return { azimuthDeg: this.#projection.azimuthAt(x, y), elevationDeg };
  }

  /** Where a pointing is on the canvas. */
  screenOf({ azimuthDeg, elevationDeg }: Pointing): Point {
    if (!this.#view || !this.#projection) return { x: 0, y: 0 };
    const { x, y } = toPixel(this.#view, this.#projection.forward(azimuthDeg, elevationDeg));
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

  #layOut(anew: boolean): void {
    const { width, height } = this.#canvas;
    if (!this.#projection) return;
    const { rect, padding } = layoutPlot(this.#projection, { x: 0, y: 0, width, height }, this.#fontPx);
    const zoom = anew ? 1 : this.zoom;
    const before = this.#view;
    this.#whole = fitView(this.#projection, rect, padding);
    this.#view = this.#whole;
    const fitted = this.#fittedView() ?? this.#whole;
    this.#mostZoom = Math.max(MOST_ZOOM, fitted.pxPerDegX / this.#whole.pxPerDegX);
    if (this.#fitted) this.#view = keepInView(fitted, this.#whole, this.#projection, this.#mostZoom);
    else if (before && zoom > 1) {
      // The same middle at the same zoom in another rectangle.
      const middle = fromPixel(before, {
        x: before.rect.x + before.rect.width / 2,
        y: before.rect.y + before.rect.height / 2,
      });
      const centre = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
      const near = zoomView(this.#whole, zoom, centre);
      const now = fromPixel(near, centre);
      const moved = { ...near, left: near.left + middle.x - now.x, top: near.top + middle.y - now.y };
      this.#view = keepInView(moved, this.#whole, this.#projection, this.#mostZoom);
    }
    this.#make(this.#whole);
  }

  #fittedView(): View | undefined {
    const map = this.#levels?.map;
    return this.#whole && this.#projection && map && fitGrid(this.#whole, map, this.#projection);
  }

  #move(view: View): void {
    if (!this.#whole || !this.#projection) return;
    this.#view = keepInView(view, this.#whole, this.#projection, this.#mostZoom);
    if (this.#making && this.#making.view !== this.#whole) this.#making = undefined;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#sharpen(), REST_MS);
    this.#wake();
  }

  /** Begins the picture of the view as it is now. */
  #sharpen(): void {
    if (!this.#view || this.#making) return;
    if (this.#view === this.#whole) this.#nearLayer = undefined;
    else if (this.#nearLayer?.view !== this.#view) this.#make(this.#view);
    this.#wake();
  }

  #make(view: View): void {
    if (!this.#levels || !this.#projection) return;
    this.#making = new Layer(this.#levels.map, this.#projection, view);
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
    if (made.view === this.#whole) this.#wholeLayer = made;
    else this.#nearLayer = made;
    if (isFirst) this.#levels?.paint([made]);
    else this.#levels?.paintNew(made);
    if (made.view === this.#whole) this.#sharpen();
  }

  #layers(): Layer[] {
    return [this.#wholeLayer, this.#nearLayer].filter((layer) => layer !== undefined);
  }

  #draw(): void {
    const [context, view, projection] = [this.#context, this.#view, this.#projection];
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
