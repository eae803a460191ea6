import { z } from 'zod';

const degrees = z.number().min(-720).max(720);

// Beyond a century the ephemerides are inaccurate.
const unixMs = z.coerce.number().min(0).max(4_102_444_800_000);

/** A time span, Unix milliseconds; `to` is `from` by default, and `from` is now. */
const spanFields = { from: unixMs.optional(), to: unixMs.optional() };
const isOrdered = ({ from, to }: { from?: number | undefined; to?: number | undefined }) =>
  to === undefined || (from !== undefined && from <= to);
const ORDER = { message: 'needs an earlier from', path: ['to'] };
export const spanQuerySchema = z.strictObject(spanFields).refine(isOrdered, ORDER);

const pointingFields = {
  azimuth: z.coerce.number().pipe(degrees),
  elevation: z.coerce.number().pipe(degrees),
};

/** A pointing and a time span from a query string. */
export const pointingQuerySchema = z
  .strictObject({ ...pointingFields, ...spanFields })
  .refine(isOrdered, ORDER);

const isPowerOfTwo = (value: number) => Number.isInteger(Math.log2(value));

/** The same, and a spectrum; frequency and rate are those of the tuner by default. */
export const spectrumQuerySchema = z
  .strictObject({
    ...pointingFields,
    ...spanFields,
    channels: z.coerce
      .number()
      .min(64)
      .max(4_096)
      .refine(isPowerOfTwo, 'must be a power of two')
      .default(1_024),
    frequency_hz: z.coerce.number().min(0).max(4_294_967_295).optional(),
    sample_rate_hz: z.coerce.number().min(225_001).max(3_200_000).optional(),
  })
  .refine(isOrdered, ORDER);

/** Pointings of one truth request, each at its own time or now. */
export const pointingsSchema = z
  .array(z.strictObject({ azimuth: degrees, elevation: degrees, at: unixMs.optional() }))
  .min(1)
  .max(20_000);

/**
 * Only the given faults change. One-time faults: `dropped_samples`, `foreign_frequency_hz` and
 * `foreign_gain_db` (another client of rtl_tcp sets the tuner), `lose_count` (the controller stops
 * and counts from 0/0), `hang_up` (rotctld disconnects its clients) and `home` (its count is right
 * again). All others last until they are switched off.
 */
export const faultsSchema = z.strictObject({
  stall: z.boolean().optional(),
  jump_deg: z.number().min(-360).max(360).optional(),
  noise_deg: z.number().min(0).max(45).optional(),
  dead_band_deg: z.number().min(0).max(45).optional(),
  refused_readings: z.number().min(0).max(1).optional(),
  lose_count: z.boolean().optional(),
  home: z.boolean().optional(),
  hang_up: z.boolean().optional(),
  rotctld_silent: z.boolean().optional(),
  rotctld_refuse: z.boolean().optional(),
  dongle_silent: z.boolean().optional(),
  dongle_drop: z.boolean().optional(),
  dongle_hang_up: z.boolean().optional(),
  dongle_late_ms: z.number().min(0).max(10_000).optional(),
  dongle_rate_hz: z.number().min(0).max(10_000_000).optional(),
  foreign_frequency_hz: z.number().min(0).max(4_294_967_295).optional(),
  foreign_gain_db: z.number().min(-100).max(100).optional(),
  dropped_samples: z.int().min(0).max(100_000_000).optional(),
});
export type FaultsRequest = z.infer<typeof faultsSchema>;
