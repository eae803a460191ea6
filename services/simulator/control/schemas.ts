import { z } from 'zod';

const degrees = z.number().min(-720).max(720);

/** A direction, degrees. */
const pointingSchema = z.strictObject({ azimuth: degrees, elevation: degrees });

/** The same from a query string. */
export const pointingQuerySchema = z.strictObject({
  azimuth: z.coerce.number().pipe(degrees),
  elevation: z.coerce.number().pipe(degrees),
});

/** Pointings of one truth request. */
export const pointingsSchema = z.array(pointingSchema).min(1).max(20_000);

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
  dongle_late_ms: z.number().min(0).max(10_000).optional(),
  dongle_rate_hz: z.number().min(0).max(10_000_000).optional(),
  foreign_frequency_hz: z.number().min(0).max(4_294_967_295).optional(),
  foreign_gain_db: z.number().min(-100).max(100).optional(),
  dropped_samples: z.int().min(0).max(100_000_000).optional(),
});
export type FaultsRequest = z.infer<typeof faultsSchema>;
