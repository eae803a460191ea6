import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/runtime/env';

const positive = z.coerce.number().positive();
const degrees = z.coerce.number().min(-720).max(720);
const mountError = z.coerce.number().min(-180).max(180).default(0);

/** The simulator's environment. */
export const configSchema = z.object({
  SIM_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address on which it listens; it has no login: keep it on loopback'),
  SIM_ROTCTLD_PORT: portVariable.default(4533).describe('port of rotctld'),
  SIM_RTL_TCP_PORT: portVariable.default(1234).describe('port of rtl_tcp'),
  SIM_CONTROL_PORT: portVariable
    .default(4580)
    .describe('port of its control interface (truth, state and faults): HTTP with JSON'),
  SIM_SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(4_294_967_295)
    .default(1)
    .describe('selects the sky; the same seed gives the same sky'),
  SIM_AZ_SPEED_DEG_S: positive.default(6).describe('speed of the rotator in azimuth'),
  SIM_EL_SPEED_DEG_S: positive.default(3).describe('speed of the rotator in elevation'),
  SIM_AZ_ACCELERATION_DEG_S2: positive.default(12).describe('acceleration in azimuth'),
  SIM_EL_ACCELERATION_DEG_S2: positive.default(6).describe('acceleration in elevation'),
  SIM_AZ_MIN_DEG: degrees.default(-180).describe('lower end of the unwrapped travel in azimuth'),
  SIM_AZ_MAX_DEG: degrees.default(450).describe('upper end of the unwrapped travel in azimuth'),
  SIM_EL_MIN_DEG: degrees.default(0).describe('lower end of the travel in elevation'),
  SIM_EL_MAX_DEG: degrees.default(90).describe('upper end of the travel in elevation'),
  SIM_RESOLUTION_DEG: z.coerce.number().min(0).max(10).default(0.1).describe('step of the readback'),
  SIM_BACKLASH_DEG: z.coerce.number().min(0).max(10).default(0).describe('play between motor and antenna'),
  SIM_MOUNT_IA_DEG: mountError.describe(
    'error of the mount: index of the azimuth (readback minus direction; the terms are in docs/pointing.md)',
  ),
  SIM_MOUNT_IE_DEG: mountError.describe('error of the mount: index of the elevation'),
  SIM_MOUNT_CA_DEG: mountError.describe('error of the mount: collimation'),
  SIM_MOUNT_NPAE_DEG: mountError.describe('error of the mount: angle between the axes less 90 degrees'),
  SIM_MOUNT_AN_DEG: mountError.describe('error of the mount: tilt of the azimuth axis towards north'),
  SIM_MOUNT_AW_DEG: mountError.describe('error of the mount: tilt of the azimuth axis towards west'),
  SIM_HPBW_DEG: positive.max(180).default(6).describe('half-power beam width of the antenna'),
  SIM_DRIFT_DB: z.coerce
    .number()
    .min(0)
    .max(20)
    .default(0.02)
    .describe('gain drift of the dongle (1/f): root mean square'),
  SIM_WORLD_FILE: z
    .string()
    .optional()
    .describe(
      'JSON file with the emitters of a world, instead of the sources of the seed; see docs/simulator.md',
    ),
  SIM_LATITUDE_DEG: z.coerce
    .number()
    .min(-90)
    .max(90)
    .default(48)
    .describe('the site, for that world and a moving Sun: north is positive'),
  SIM_LONGITUDE_DEG: z.coerce
    .number()
    .min(-180)
    .max(180)
    .default(11)
    .describe('the site, for that world and a moving Sun: east is positive'),
  SIM_HEIGHT_M: z.coerce.number().min(0).max(10_000).default(10).describe('height of its antenna'),
  SIM_SUN: z
    .enum(['fixed', 'moving'])
    .default('fixed')
    .describe(
      'whether the Sun of the seed stays where it is or moves over the site; without `SIM_WORLD_FILE`. `npm start` sets `moving` if `SITE_LATITUDE_DEG` and `SITE_LONGITUDE_DEG` are set',
    ),
  SIM_BEAM_FILE: z
    .string()
    .optional()
    .describe('JSON file with the pattern of the antenna, instead of a round beam; see docs/simulator.md'),
  SIM_BLOCK_BYTES: z.coerce
    .number()
    .int()
    .min(512)
    .max(1_048_576)
    .multipleOf(512)
    .default(16_384)
    .describe('block size of the rtl_tcp stream in bytes; 16 KiB are 4 ms at 2.048 MS/s'),
  SIM_STATE_FILE: z
    .string()
    .optional()
    .describe('file that stores the pointing of the antenna for the next start'),
  SIM_FOLLOW_ROTCTLD: addressVariable
    .optional()
    .describe('`host:port` of a rotctld whose position the antenna follows instead of the simulated rotator'),
});

export type SimulatorConfig = z.infer<typeof configSchema>;
