/** Points of a tile: seqs 1 to 2,048 are in tile 0. */
export const TILE_POINTS = 2_048;
/** Channels of a tile, which is block 0 for channels 0 to 15. */
export const BLOCK_CHANNELS = 16;
/** Size of a code: int16, little endian. */
export const CODE_BYTES = 2;
/** Size of the codes of a point in a tile. */
export const BLOCK_BYTES = BLOCK_CHANNELS * CODE_BYTES;

/** The tile of a point. */
export function tileOf(seq: number): number {
  return Math.floor((seq - 1) / TILE_POINTS);
}

/** The first point of a tile. */
export function firstSeqOf(tile: number): number {
  return tile * TILE_POINTS + 1;
}

/** SQL for the codes of a number of unknown values. */
export function unknownCodes(count: number | string): string {
  // -32,768, the code UNKNOWN.
  return `decode(repeat('0080', ${count}), 'hex')`;
}
