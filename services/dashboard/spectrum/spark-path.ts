/** The spectrum of a cell and those of the session, for a small chart. */
export interface SparkSpectrum {
  cellDb: readonly (number | null)[];
  medianDb: readonly (number | null)[];
  maxDb: readonly (number | null)[];
  /** The lowest and the highest level of the axis. */
  span: [number, number];
  /** The selected band, as shares of the width. */
  band: [number, number] | undefined;
}

/**
 * The path of an SVG line through the levels, with at most one point per pixel: the highest of the
 * levels that share it. Unknown levels interrupt the line.
 */
export function sparkPath(
  levelsDb: readonly (number | null)[],
  [lowest, highest]: readonly [number, number],
  { width, height }: { width: number; height: number },
): string {
  const columns = Math.min(width, levelsDb.length);
  const parts: string[] = [];
  let isDrawing = false;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * levelsDb.length) / columns);
    const to = Math.floor(((column + 1) * levelsDb.length) / columns);
    const known = levelsDb.slice(from, to).filter((level) => level !== null);
    if (known.length === 0) {
      isDrawing = false;
      continue;
    }
    const share = (Math.max(...known) - lowest) / (highest - lowest);
    const y = height * (1 - Math.max(0, Math.min(1, share)));
    parts.push(`${isDrawing ? 'L' : 'M'}${((column + 0.5) * width) / columns} ${y.toFixed(1)}`);
    isDrawing = true;
  }
  return parts.join('');
}
