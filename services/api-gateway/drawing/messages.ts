import type { GridBounds } from '#shared/sky/grid-shape';
import type { DriftReference } from '../domain/drift.ts';
import type { Figure } from '#sky-map/figure';

/** What is to be drawn; the levels follow. */
export interface Drawing extends Omit<Figure, 'map'> {
  bounds: GridBounds;
  sizePx: number;
  /** What the drift of the receiver is taken off by; undefined: levels as they were measured. */
  references: DriftReference[] | undefined;
}

/**
 * To the drawing process: a drawing, its levels in pieces (packed as in store/levels.ts), the end.
 */
export type DrawCommand = { drawing: Drawing } | { levels: Uint8Array } | { end: true };

/** From it: one answer to every end. */
export type DrawResult = { png: Uint8Array } | { problem: string };
