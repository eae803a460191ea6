import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/env';
import { grpcSecurityVariables } from '#shared/grpc-credentials';
import { mqttVariables } from '#shared/mqtt-client';
import { receiverListVariable } from './receiver-list.ts';

/** sdr-sampler's environment. */
export const configSchema = z.object({
  SDR_SAMPLER_HOST: z.string().default('127.0.0.1'),
  SDR_SAMPLER_PORT: portVariable.default(50053),
  /** Receivers and their names; receiver-list.ts says how. In place of `RTL_TCP`. */
  RECEIVERS: receiverListVariable.optional(),
  /** `host:port` of the rtl_tcp of the only receiver, `default`. */
  RTL_TCP: addressVariable.default('127.0.0.1:1234'),
  /** Of rtl_tcp: the RTL2832 takes 900,001 to 3,200,000 and loses samples above 2,400,000. rtl_power samples at its own rate. */
  SAMPLE_RATE_HZ: z.coerce.number().int().min(900_001).max(3_200_000).default(2_048_000),
  /** Error of the dongles' crystals where the settings say nothing else, parts per million. */
  RTL_PPM: z.coerce.number().int().min(-1_000).max(1_000).default(0),
  /**
   * Samples are discarded until this long after a request: more than the way from rtl_tcp takes, under 1 ms on this host. The antenna
   * stands for the settle time before.
   */
  SAMPLE_GUARD_MS: z.coerce.number().min(0).max(1_000).default(2),
  /** The bias tee goes off when nobody has measured for so long: the scan is over, or stands. */
  BIAS_TEE_OFF_AFTER_S: z.coerce.number().positive().max(86_400).default(300),
  ...mqttVariables,
  ...grpcSecurityVariables,
});

export type SdrSamplerConfig = z.infer<typeof configSchema>;
