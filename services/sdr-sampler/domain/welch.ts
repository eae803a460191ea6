// Welch's method (1967): half-overlapping transforms of windowed samples.

/** Collects samples, pairs of unsigned bytes, into blocks that overlap by half. */
export interface HalfOverlap {
  /** The samples of the current block; complete while `onBlock` runs. */
  readonly block: Uint8Array;
  /** Adds consecutive samples; calls `onBlock` for each complete block. */
  add(iq: Uint8Array, onBlock: () => void): void;
  /** Discards everything added so far. */
  reset(): void;
}

/** `size`: samples in a block. */
export function createHalfOverlap(size: number): HalfOverlap {
  const block = new Uint8Array(2 * size);
  let filled = 0;
  return {
    block,
    add(iq, onBlock) {
      for (let at = 0; at < iq.length;) {
        const piece = iq.subarray(at, at + block.length - filled);
        block.set(piece, filled);
        at += piece.length;
        filled += piece.length;
        if (filled < block.length) return;
        onBlock();
        filled = block.length / 2;
        block.copyWithin(0, filled);
      }
    },
    reset() {
      filled = 0;
    },
  };
}

/** A periodic Hann window and the sum of its squares. */
export function hannWindow(size: number): { window: Float64Array; windowPower: number } {
  const window = Float64Array.from(
    { length: size },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
  );
  return { window, windowPower: window.reduce((sum, w) => sum + w * w, 0) };
}
