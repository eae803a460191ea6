import { paletteOf, shadeOf, type PaletteName, type Rgb } from './palettes.ts';
import type { LevelRange } from './range.ts';

/**
 * Packs the four bytes of a pixel into a number in native byte order. Never 0 for an opaque colour.
 */
export function packColour([red, green, blue]: Rgb, alpha = 255): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, alpha).buffer)[0] as number;
}

/** Packed colour of unmeasured cells. */
export const UNMEASURED = 0;

/** Packed colours of all cells; `UNMEASURED` for cells without a level. */
export class CellColours {
  /** By cell. */
  readonly packed: Uint32Array;
  readonly #levels: Float32Array;
  #table = new Uint32Array(0);
  #range: LevelRange = { min: 0, max: 1 };

  constructor(levels: Float32Array) {
    this.#levels = levels;
    this.packed = new Uint32Array(levels.length);
  }

  get range(): LevelRange {
    return this.#range;
  }

  /** Recomputes all colours for a range and palette. */
  recolour(range: LevelRange, palette: PaletteName): void {
    this.#range = range;
    this.#table = Uint32Array.from(paletteOf(palette), (colour) => packColour(colour));
    for (let cell = 0; cell < this.#levels.length; cell++) this.update(cell);
  }

  /** Recomputes the colour of a cell after its level changed. */
  update(cell: number): void {
    const level = this.#levels[cell] as number;
    this.packed[cell] = Number.isNaN(level)
      ? UNMEASURED
      : (this.#table[shadeOf(level, this.#range)] ?? UNMEASURED);
  }
}
