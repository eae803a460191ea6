import type { GridBounds } from '#shared/sky/grid-shape';
import type { DriftReference } from '../domain/drift.ts';
import type { Figure } from '#sky-map/figure';

/** The map to draw; the levels follow. */
export interface Drawing extends Omit<Figure, 'map'> {
  bounds: GridBounds;
  sizePx: number;
  /** For the drift correction; undefined: levels as measured. */
  references: DriftReference[] | undefined;
}

/**
 * To the drawing process: the map, its levels in chunks (packed as in store/levels.ts), the end.
 */
export type DrawCommand = { drawing: Drawing } | { levels: Uint8Array } | { end: true };

/** From the drawing process: one result for each `end`. */
export type DrawResult = { png: Uint8Array } | { problem: string };
