import type { ColourDepth } from '../terminal/colour-depth.ts';
import { mapOf, progressFacts, titleOf } from './screen-text.ts';
import type { ScanView } from './scan-view.ts';

// Leaves room for the output that follows.
const MAX_MAP_LINES = 40;
const OTHER_LINES = 4;

/** The present state of a scan: title, map, progress. */
export function showScan(
  view: ScanView,
  { columns, rows, depth }: { columns: number; rows: number; depth: ColourDepth },
): string {
  const height = Math.max(6, Math.min(MAX_MAP_LINES, rows - OTHER_LINES));
  const map = mapOf(view, { width: columns, height, depth });
  const lines = [titleOf(view), ...map, progressFacts(view, performance.now())];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
