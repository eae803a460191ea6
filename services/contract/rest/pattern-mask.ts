import { z } from 'zod';

const MAX_POINTS = 50;
const NUMBER = String.raw`[+-]?\d{1,3}(?:\.\d{1,6})?`;
const FORMAT = new RegExp(`^${NUMBER}:${NUMBER}(?:,${NUMBER}:${NUMBER})*$`);
const LIMITS = { angle: [0, 180], gain: [-200, 20] } as const;

const message = `Must be up to ${MAX_POINTS} pairs of an angle in ${LIMITS.angle.join('..')} deg and a gain in ${LIMITS.gain.join('..')} dB relative to the peak, by rising angles: 5:-12,20:-25`;

/** Highest gains of a pattern by angles from its axis. */
export const patternMaskParameter = z
  .string({ error: message })
  .max(1_000, message)
  .regex(FORMAT, message)
  .transform((text) =>
    text.split(',').map((pair) => {
      const [angleDeg = NaN, gainDb = NaN] = pair.split(':').map(Number);
      return { angleDeg, gainDb };
    }),
  )
  .refine(
    (points) =>
      points.length <= MAX_POINTS &&
      points.every(
        ({ angleDeg, gainDb }, n) =>
          isIn(angleDeg, LIMITS.angle) &&
          isIn(gainDb, LIMITS.gain) &&
          angleDeg > (points[n - 1]?.angleDeg ?? -1),
      ),
    message,
  );

function isIn(value: number, [min, max]: readonly [number, number]): boolean {
  return value >= min && value <= max;
}
