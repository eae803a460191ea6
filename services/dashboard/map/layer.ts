import type { Projection } from '#sky-map/projections';
import { cellBox, createRaster, paint, type Background, type Raster } from '#sky-map/raster';
import type { SkyMap } from '#sky-map/sky-map';
import type { Rect, View } from '#sky-map/view';

const ROWS_AT_ONCE = 16;

/** A cached image of the levels in one view. A new level repaints only the pixels of its cell. */
export class Layer {
  readonly view: View;
  readonly canvas = document.createElement('canvas');
  readonly #map: SkyMap;
  readonly #projection: Projection;
  readonly #raster: Raster;
  readonly #context: CanvasRenderingContext2D;
  readonly #pixels: ImageData;
  readonly #packed: Uint32Array;
  #filledRows = 0;
  /** How many of the placed cells the raster contains, of those that a refinement has added. */
  #knownAdded: number;

  /** The view's rectangle must have whole pixels. */
  constructor(map: SkyMap, projection: Projection, view: View) {
    const { width, height } = view.rect;
    this.view = view;
    this.#map = map;
    this.#projection = projection;
    this.#raster = createRaster(map, projection, view);
    this.#knownAdded = map.added?.placed.length ?? 0;
    this.canvas.width = width;
    this.canvas.height = height;
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('this browser does not support canvas');
    this.#context = context;
    this.#pixels = context.createImageData(width, height);
    this.#packed = new Uint32Array(this.#pixels.data.buffer);
  }

  /**
   * Assigns cells to pixels until `untilMs` (`performance.now()`); returns whether all are done.
   */
  step(untilMs: number): boolean {
    const { height } = this.view.rect;
    while (this.#filledRows < height && performance.now() < untilMs) {
      const to = Math.min(height, this.#filledRows + ROWS_AT_ONCE);
      this.#raster.fillRows(this.#filledRows, to);
      this.#filledRows = to;
    }
    return this.#filledRows === height;
  }

  /** Paints all pixels. */
  paint(colours: Uint32Array, background: Background): void {
    this.#addCells();
    paint(this.#raster, colours, background, this.#packed);
    this.#context.putImageData(this.#pixels, 0, 0);
  }

  /** Paints the pixels of some cells, and of those that were added since. */
  paintCells(cells: Iterable<number>, colours: Uint32Array, background: Background): void {
    let changed: Rect | undefined;
    for (const cell of [...this.#addCells(), ...cells]) {
      const box = this.#boxOf(cell);
      if (box.width === 0 || box.height === 0) continue;
      paint(this.#raster, colours, background, this.#packed, box);
      changed = changed ? union(changed, box) : box;
    }
    // A single update of the canvas: consecutively measured cells are adjacent.
    if (changed)
      this.#context.putImageData(this.#pixels, 0, 0, changed.x, changed.y, changed.width, changed.height);
  }

  /** Assigns their pixels to the cells that were added since; returns them. */
  #addCells(): number[] {
    const { added, gridCells } = this.#map;
    const placed = added?.placed.slice(this.#knownAdded) ?? [];
    this.#knownAdded += placed.length;
    const cells = placed.map((index) => gridCells + index);
    for (const cell of cells) this.#raster.fill(this.#boxOf(cell));
    return cells;
  }

  #boxOf(cell: number): Rect {
    const { row, column } = this.#map.placeOf(cell);
    return cellBox(this.#map, this.#projection, this.view, row, column);
  }
}

function union(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
