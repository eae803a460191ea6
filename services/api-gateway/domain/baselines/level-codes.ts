/** Levels are stored with this precision, dB. */
const STEP_DB = 0.01;
/** No level. */
const NONE = -32_768;
const MAX = 32_767;
const BYTES = 2;

/** int16, little endian; the cells in `without` have no level. */
export function levelCodes(levels: ArrayLike<number>, without: Iterable<number> = []): Buffer {
  const codes = Buffer.alloc(levels.length * BYTES);
  for (let cell = 0; cell < levels.length; cell++) {
    const level = levels[cell] ?? NaN;
    const code = Number.isNaN(level) ? NONE : Math.max(NONE + 1, Math.min(MAX, Math.round(level / STEP_DB)));
    codes.writeInt16LE(code, cell * BYTES);
  }
  for (const cell of without) if (cell < levels.length) codes.writeInt16LE(NONE, cell * BYTES);
  return codes;
}
