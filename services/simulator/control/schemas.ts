import { z } from 'zod';

const degrees = z.number().min(-720).max(720);

/** A direction, degrees. */
const pointingSchema = z.strictObject({ azimuth: degrees, elevation: degrees });

/** The same from a query string. */
export const pointingQuerySchema = z.strictObject({
  azimuth: z.coerce.number().pipe(degrees),
  elevation: z.coerce.number().pipe(degrees),
});

/** As many pointings as anybody draws a map of at once. */
export const pointingsSchema = z.array(pointingSchema).min(1).max(20_000);

/** Only the given faults change. `dropped_samples` happens once, the others last until they are switched off. */
export const faultsSchema = z.strictObject({
  stall: z.boolean().optional(),
  jump_deg: z.number().min(-360).max(360).optional(),
  rotctld_silent: z.boolean().optional(),
  rotctld_refuse: z.boolean().optional(),
  dongle_silent: z.boolean().optional(),
  dongle_drop: z.boolean().optional(),
  dropped_samples: z.int().min(0).max(100_000_000).optional(),
});
export type FaultsRequest = z.infer<typeof faultsSchema>;
