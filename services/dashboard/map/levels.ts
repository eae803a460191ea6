import { CellColours, packColour } from '#sky-map/cell-colours';
import type { PaletteName } from '#sky-map/palettes';
import { autoRange, type LevelRange } from '#sky-map/range';
import type { Ground } from '#sky-map/raster';
import type { SkyMap } from '#sky-map/sky-map';
import { hatchOf, type Theme } from '#sky-map/themes';
import type { Layer } from './layer.ts';

// Beyond that one pass over all pixels is quicker.
const MANY = 500;
// Of a map that is loaded: a pass over all pixels for every frame would take longer than the
// points.
const EVERYTHING_EVERY_MS = 100;
const RANGE_EVERY_MS = 1_000;
// A range that changes by less than that share is left as it is: every change repaints everything.
const WORTH_WHILE = 0.01;

/** The colours of a map that grows: which cells have to be painted again, and in what. */
export class Levels {
  readonly map: SkyMap;
  #palette: PaletteName = 'viridis';
  #range: LevelRange | 'auto' = 'auto';
  #ground: Ground = { outside: 0, unmeasured: [1, 1], hatchPx: 8 };
  readonly #colours: CellColours;
  readonly #onRange: (range: LevelRange) => void;
  readonly #wake: () => void;
  readonly #forget: () => void;
  #changed: number[] = [];
  #everything = true;
  #everythingAtMs = -Infinity;
  #rangeAtMs = -Infinity;
  #rangeIsOld = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAtMs = Infinity;

  /** `wake`: there is something to paint. `onRange`: the automatic range is another one. */
  constructor(map: SkyMap, wake: () => void, onRange: (range: LevelRange) => void) {
    this.map = map;
    this.#colours = new CellColours(map.levels);
    this.#wake = wake;
    this.#onRange = onRange;
    this.#forget = map.onChange((cells) => {
      this.#rangeIsOld = true;
      if (!this.#everything && this.#changed.length + cells.length <= MANY) {
        this.#changed.push(...cells);
        wake();
      } else {
        this.#everything = true;
        this.#wakeAt(this.#isFull() ? 0 : this.#everythingAtMs + EVERYTHING_EVERY_MS);
      }
    });
  }

  look(palette: PaletteName, range: LevelRange | 'auto', theme: Theme, hatchPx: number): void {
    this.#palette = palette;
    this.#range = range;
    const [light, dark] = hatchOf(theme);
    this.#ground = { outside: 0, unmeasured: [packColour(light), packColour(dark)], hatchPx };
    this.#everything = true;
    this.#rangeIsOld = true;
    this.#rangeAtMs = -Infinity;
    this.#wake();
  }

  /** Brings layers up to date. */
  paint(layers: readonly Layer[]): void {
    if (layers.length === 0) return;
    this.#findRange();
    const { packed } = this.#colours;
    if (this.#everything) {
      this.#everythingAtMs = performance.now();
      for (const layer of layers) layer.paint(packed, this.#ground);
    } else if (this.#changed.length > 0) {
      for (const cell of this.#changed) this.#colours.update(cell);
      for (const layer of layers) layer.paintCells(this.#changed, packed, this.#ground);
    }
    this.#everything = false;
    this.#changed = [];
  }

  /** All of a layer that was not there before. */
  paintNew(layer: Layer): void {
    layer.paint(this.#colours.packed, this.#ground);
  }

  close(): void {
    this.#forget();
    clearTimeout(this.#timer);
  }

  #findRange(): void {
    const next = this.#range === 'auto' ? this.#automatic() : this.#range;
    const { range } = this.#colours;
    if (!next || (!this.#everything && next.min === range.min && next.max === range.max)) {
      if (this.#everything) this.#colours.recolour(range, this.#palette);
      return;
    }
    this.#colours.recolour(next, this.#palette);
    this.#everything = true;
    if (this.#range === 'auto') this.#onRange(next);
  }

  /** Found now and then while the map grows. */
  #automatic(): LevelRange | undefined {
    if (!this.#rangeIsOld) return this.#colours.range;
    const nowMs = performance.now();
    const nextMs = this.#isFull() ? 0 : this.#rangeAtMs + RANGE_EVERY_MS;
    if (nextMs > nowMs) {
      this.#wakeAt(nextMs);
      return this.#colours.range;
    }
    const before = this.#rangeAtMs === -Infinity ? undefined : this.#colours.range;
    const found = autoRange(this.map.levels);
    if (!found) return undefined;
    this.#rangeIsOld = false;
    this.#rangeAtMs = nowMs;
    if (!before) return found;
    const least = (before.max - before.min) * WORTH_WHILE;
    const same = Math.abs(found.min - before.min) < least && Math.abs(found.max - before.max) < least;
    // The last range of a whole scan is exact, however the map grew.
    return same && !this.#isFull() ? before : found;
  }

  /** Nothing more comes soon. */
  #isFull(): boolean {
    return this.map.measured === this.map.totalPoints;
  }

  /** Wakes then, or earlier when that is to be; `performance.now()`. */
  #wakeAt(atMs: number): void {
    const waitMs = atMs - performance.now();
    if (waitMs <= 0) {
      this.#wake();
    } else if (atMs < this.#timerAtMs) {
      clearTimeout(this.#timer);
      this.#timerAtMs = atMs;
      this.#timer = setTimeout(() => {
        this.#timerAtMs = Infinity;
        this.#wake();
      }, waitMs);
    }
  }
}
