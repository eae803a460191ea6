import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { grpcVariables } from '#shared/runtime/grpc-credentials';
import { metricsPortVariable, metricsVariables } from '#shared/runtime/metrics';
import { mqttVariables } from '#shared/runtime/mqtt-client';
import { siteNameVariables } from '#shared/rotor/site-variables';
import { receiverListVariable } from './receiver-list.ts';

/** Environment variables of sdr-sampler. */
export const configSchema = z.object({
  SDR_SAMPLER_HOST: z.string().default('127.0.0.1').describe('address that the gRPC server listens on'),
  SDR_SAMPLER_METRICS_PORT: metricsPortVariable,
  SDR_SAMPLER_PORT: portVariable.default(50053).describe('port of the gRPC server'),
  ...siteNameVariables,
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
    .describe('frequency error of the dongles, unless a rotor has its own setting, parts per million'),
  SAMPLE_GUARD_MS: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(2)
    .describe('samples within this time after a request, or after settling, are discarded'),
  BIAS_TEE_OFF_AFTER_S: z.coerce
    .number()
    .positive()
    .max(86_400)
    .default(300)
    .describe('turns the bias tee off after this time without measurements'),
  ...mqttVariables,
  ...metricsVariables,
  ...grpcVariables,
});

export type SdrSamplerConfig = z.infer<typeof configSchema>;
