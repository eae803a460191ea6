import type { MaskColumns, PointCodes } from '../domain/mask-points.ts';

/** To a thread; it answers each message. */
export type MaskQuestion = { points: PointCodes } | { end: true };

/** The masks that are known by then, or the problem of a question. */
export type MaskAnswer = { masks: MaskColumns } | { problem: string };
