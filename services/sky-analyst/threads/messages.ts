import type { KnownSet } from '../domain/identification/known-set-reader.ts';
import type { PointCodes } from '../domain/mask-points.ts';

/** To a thread that masks; it answers each message with the masks that are known by then. */
export type MaskQuestion = { points: PointCodes } | { end: true };

/** To a thread that reads a set; it answers the last message with the set. */
export type ReadQuestion = { chunk: Uint8Array } | { nextFile: true } | { end: true };
export type ReadResult = KnownSet | undefined;
