import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { grpcSecurityVariables } from '#shared/runtime/grpc-credentials';
import { mqttVariables } from '#shared/runtime/mqtt-client';
import { receiverListVariable } from './receiver-list.ts';

/** sdr-sampler's environment. */
export const configSchema = z.object({
  SDR_SAMPLER_HOST: z.string().default('127.0.0.1').describe('where its gRPC listens'),
  SDR_SAMPLER_PORT: portVariable.default(50053).describe('the port of its gRPC'),
  RECEIVERS: receiverListVariable
    .optional()
    .describe(
      'several receivers with names, instead of `RTL_TCP`: `default=rtl_tcp://127.0.0.1:1234, roof=rtl_tcp_child:serial=00000002, low=rtl_power:serial=00000003`',
    ),
  RTL_TCP: addressVariable
    .default('127.0.0.1:1234')
    .describe('`host:port` of the rtl_tcp of the only receiver, `default`'),
  SAMPLE_RATE_HZ: z.coerce
    .number()
    .int()
    .min(900_001)
    .max(3_200_000)
    .default(2_048_000)
    .describe(
      'sample rate of rtl_tcp; above 2,400,000 a dongle loses samples. rtl_power samples at its own rate',
    ),
  RTL_PPM: z.coerce
    .number()
    .int()
    .min(-1_000)
    .max(1_000)
    .default(0)
    .describe(
      'error of the crystals of the dongles where the settings of a rotor say nothing else, parts per million',
    ),
  SAMPLE_GUARD_MS: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(2)
    .describe('samples this soon after a request, or after the mount has settled, are discarded too'),
  BIAS_TEE_OFF_AFTER_S: z.coerce
    .number()
    .positive()
    .max(86_400)
    .default(300)
    .describe('the bias tee goes off when nobody has measured for so long'),
  ...mqttVariables,
  ...grpcSecurityVariables,
});

export type SdrSamplerConfig = z.infer<typeof configSchema>;
