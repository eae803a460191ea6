import { paletteOf, shadeOf, type PaletteName, type Rgb } from './palettes.ts';
import type { LevelRange } from './range.ts';

/**
 * Four bytes of a pixel as one number, in the machine's own order. Never 0 for an opaque colour.
 */
export function packColour([red, green, blue]: Rgb, alpha = 255): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, alpha).buffer)[0] as number;
}

/** What is put where nothing is measured. */
export const UNMEASURED = 0;

/**
 * The colour of every cell, packed; `UNMEASURED` where there is no level. Follows the levels that
 * it is given.
 */
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

  /** Another range or palette: one pass over all cells. */
  recolour(range: LevelRange, palette: PaletteName): void {
    this.#range = range;
    this.#table = Uint32Array.from(paletteOf(palette), (colour) => packColour(colour));
    for (let cell = 0; cell < this.#levels.length; cell++) this.update(cell);
  }

  /** The cell has another level. */
  update(cell: number): void {
    const level = this.#levels[cell] as number;
    this.packed[cell] = Number.isNaN(level)
      ? UNMEASURED
      : (this.#table[shadeOf(level, this.#range)] ?? UNMEASURED);
  }
}
