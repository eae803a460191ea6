import { CellColours, packColour } from '#sky-map/cell-colours';
import type { PaletteName } from '#sky-map/palettes';
import { autoRange, type LevelRange } from '#sky-map/range';
import type { Background } from '#sky-map/raster';
import type { SkyMap } from '#sky-map/sky-map';
import { hatchOf, type Theme } from '#sky-map/themes';
import type { Layer } from './layer.ts';

// Above this number, one pass over all pixels is faster.
const MAX_SINGLE_CELLS = 500;
// While a map loads, repainting all pixels in every frame would take longer than loading.
const REPAINT_EVERY_MS = 100;
const RANGE_EVERY_MS = 1_000;
// Smaller relative changes of the automatic range are ignored, because each change repaints
// everything.
const MIN_RANGE_CHANGE = 0.01;

/** Keeps the colours of a growing map up to date and repaints the cells that changed. */
export class LevelPainter {
  readonly map: SkyMap;
  #palette: PaletteName = 'viridis';
  #range: LevelRange | 'auto' = 'auto';
  #background: Background = { outside: 0, unmeasured: [1, 1], hatchPx: 8 };
  readonly #colours: CellColours;
  readonly #onRange: (range: LevelRange) => void;
  readonly #wake: () => void;
  readonly #unsubscribe: () => void;
  #changed: number[] = [];
  #repaintAll = true;
  #repaintedAtMs = -Infinity;
  #rangeAtMs = -Infinity;
  #rangeOutdated = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAtMs = Infinity;

  /** `wake` requests a frame; `onRange` receives changes of the automatic range. */
  constructor(map: SkyMap, wake: () => void, onRange: (range: LevelRange) => void) {
    this.map = map;
    this.#colours = new CellColours(map.levels);
    this.#wake = wake;
    this.#onRange = onRange;
    this.#unsubscribe = map.onChange((cells) => {
      this.#rangeOutdated = true;
      if (!this.#repaintAll && this.#changed.length + cells.length <= MAX_SINGLE_CELLS) {
        this.#changed.push(...cells);
        wake();
      } else {
        this.#repaintAll = true;
        this.#wakeAt(this.#isFull() ? 0 : this.#repaintedAtMs + REPAINT_EVERY_MS);
      }
    });
  }

  setStyle(palette: PaletteName, range: LevelRange | 'auto', theme: Theme, hatchPx: number): void {
    this.#palette = palette;
    this.#range = range;
    const [light, dark] = hatchOf(theme);
    this.#background = { outside: 0, unmeasured: [packColour(light), packColour(dark)], hatchPx };
    this.#repaintAll = true;
    this.#rangeOutdated = true;
    this.#rangeAtMs = -Infinity;
    this.#wake();
  }

  /** Repaints the changed cells of the layers. */
  paint(layers: readonly Layer[]): void {
    if (layers.length === 0) return;
    this.#findRange();
    const { packed } = this.#colours;
    if (this.#repaintAll) {
      this.#repaintedAtMs = performance.now();
      for (const layer of layers) layer.paint(packed, this.#background);
    } else if (this.#changed.length > 0) {
      for (const cell of this.#changed) this.#colours.update(cell);
      for (const layer of layers) layer.paintCells(this.#changed, packed, this.#background);
    }
    this.#repaintAll = false;
    this.#changed = [];
  }

  /** Paints a new layer. */
  paintNew(layer: Layer): void {
    layer.paint(this.#colours.packed, this.#background);
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
  }

  #findRange(): void {
    const next = this.#range === 'auto' ? this.#automatic() : this.#range;
    const { range } = this.#colours;
    if (!next || (!this.#repaintAll && next.min === range.min && next.max === range.max)) {
      if (this.#repaintAll) this.#colours.recolour(range, this.#palette);
      return;
    }
    this.#colours.recolour(next, this.#palette);
    this.#repaintAll = true;
    if (this.#range === 'auto') this.#onRange(next);
  }

  /** The automatic range, computed at most once per second while the map grows. */
  #automatic(): LevelRange | undefined {
    if (!this.#rangeOutdated) return this.#colours.range;
    const nowMs = performance.now();
    const nextMs = this.#isFull() ? 0 : this.#rangeAtMs + RANGE_EVERY_MS;
    if (nextMs > nowMs) {
      this.#wakeAt(nextMs);
      return this.#colours.range;
    }
    const before = this.#rangeAtMs === -Infinity ? undefined : this.#colours.range;
    const found = autoRange(this.map.levels);
    if (!found) return undefined;
    this.#rangeOutdated = false;
    this.#rangeAtMs = nowMs;
    if (!before) return found;
    const minChange = (before.max - before.min) * MIN_RANGE_CHANGE;
    const same = Math.abs(found.min - before.min) < minChange && Math.abs(found.max - before.max) < minChange;
    // A complete map always gets its exact range.
    return same && !this.#isFull() ? before : found;
  }

  /** Whether all cells are measured. */
  #isFull(): boolean {
    return this.map.measured === this.map.totalPoints;
  }

  /** Requests a frame at `atMs` (`performance.now()`), unless an earlier one is scheduled. */
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
