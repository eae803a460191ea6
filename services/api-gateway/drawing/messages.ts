import type { GridBounds } from '#shared/sky/grid-shape';
import type { DriftReference } from '../domain/drift.ts';
import type { Figure } from '#sky-map/figure';
import type { PatternFigure } from '#sky-map/pattern-figure';
import type { ThemeName } from '#sky-map/themes';

/** The map to draw; the levels follow. */
export interface Drawing extends Omit<Figure, 'map'> {
  bounds: GridBounds;
  /** The points that a refinement has added to the grid: their distance, degrees, and pointings. */
  added?: { stepDeg: number; points: readonly [azimuthDeg: number, elevationDeg: number][] } | undefined;
  sizePx: number;
  /** For the drift correction; undefined: levels as measured. */
  references: DriftReference[] | undefined;
}

/** Several maps as one file; the maps follow as PNG. Sizes in pixels. */
export type Film = { width: number; height: number; theme: ThemeName } & (
  | { kind: 'gif'; delayMs: number }
  /** All maps on one picture, with a caption below each. */
  | { kind: 'strip'; captions: string[] }
);

/**
 * To the drawing process: the map, its levels in chunks (packed as in store/levels.ts), the
 * end; or the film, its frames, the end; or a pattern, the end.
 */
export type DrawCommand =
  | { drawing: Drawing }
  | { levels: Uint8Array }
  | { film: Film }
  | { frame: Uint8Array }
  | { pattern: PatternFigure }
  | { end: true };

/** From the drawing process: one result for each `end`. */
export type DrawResult = { image: Uint8Array } | { problem: string };
