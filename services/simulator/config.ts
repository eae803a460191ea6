import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/env';

const positive = z.coerce.number().positive();
const degrees = z.coerce.number().min(-720).max(720);

/** The simulator's environment. */
export const configSchema = z.object({
  SIM_HOST: z.string().default('127.0.0.1'),
  SIM_ROTCTLD_PORT: portVariable.default(4533),
  SIM_RTL_TCP_PORT: portVariable.default(1234),
  SIM_CONTROL_PORT: portVariable.default(4580),
  /** Which sky; the same seed, the same truth. */
  SIM_SEED: z.coerce.number().int().min(0).max(4_294_967_295).default(1),
  SIM_AZ_SPEED_DEG_S: positive.default(6),
  SIM_EL_SPEED_DEG_S: positive.default(3),
  SIM_AZ_ACCELERATION_DEG_S2: positive.default(12),
  SIM_EL_ACCELERATION_DEG_S2: positive.default(6),
  SIM_AZ_MIN_DEG: degrees.default(-180),
  SIM_AZ_MAX_DEG: degrees.default(450),
  SIM_EL_MIN_DEG: degrees.default(0),
  SIM_EL_MAX_DEG: degrees.default(90),
  /** Step of the readback. */
  SIM_RESOLUTION_DEG: z.coerce.number().min(0).max(10).default(0.1),
  /** Play between motor and antenna. */
  SIM_BACKLASH_DEG: z.coerce.number().min(0).max(10).default(0),
  SIM_HPBW_DEG: positive.max(180).default(6),
  /** Amplitude of each of the three waves of the gain's drift. */
  SIM_DRIFT_DB: z.coerce.number().min(0).max(20).default(0.02),
  /** Bytes per rtl_tcp block; 16 KiB are 4 ms at 2.048 MS/s. */
  SIM_BLOCK_BYTES: z.coerce.number().int().min(512).max(1_048_576).multipleOf(512).default(16_384),
  /** Where the antenna points is kept here while the process runs, so that one that is killed finds it where it was. */
  SIM_STATE_FILE: z.string().optional(),
  /** `host:port` of a rotctld whose position the dongle's antenna follows, in place of the simulated rotator's. */
  SIM_FOLLOW_ROTCTLD: addressVariable.optional(),
});

export type SimulatorConfig = z.infer<typeof configSchema>;
