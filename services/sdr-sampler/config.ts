import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/env';
import { grpcSecurityVariables } from '#shared/grpc-credentials';
import { mqttVariables } from '#shared/mqtt-client';

/** sdr-sampler's environment. */
export const configSchema = z.object({
  SDR_SAMPLER_HOST: z.string().default('127.0.0.1'),
  SDR_SAMPLER_PORT: portVariable.default(50053),
  /** `host:port` of the dongle's rtl_tcp. */
  RTL_TCP: addressVariable.default('127.0.0.1:1234'),
  /** The RTL2832 takes 900,001 to 3,200,000 and loses samples above 2,400,000. */
  SAMPLE_RATE_HZ: z.coerce.number().int().min(900_001).max(3_200_000).default(2_048_000),
  /** Error of the dongle's crystal, parts per million. */
  RTL_PPM: z.coerce.number().int().min(-1_000).max(1_000).default(0),
  /** Samples are discarded until this long after a request; more than the network to rtl_tcp takes. */
  SAMPLE_GUARD_MS: z.coerce.number().min(0).max(1_000).default(5),
  ...mqttVariables,
  ...grpcSecurityVariables,
});

export type SdrSamplerConfig = z.infer<typeof configSchema>;
