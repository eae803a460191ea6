import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/runtime/env';
import { grpcVariables } from '#shared/runtime/grpc-credentials';
import { metricsPortVariable, metricsVariables } from '#shared/runtime/metrics';
import { mqttVariables } from '#shared/runtime/mqtt-client';
import { requireWholeSite, siteNameVariables } from '#shared/rotor/site-variables';
import { requireSiteForSun, sunVariables } from '#shared/rotor/sun-variables';
import { requireConditions, suspendVariables } from '#shared/rotor/suspend-rules';

export const configSchema = z
  .object({
    ORCHESTRATOR_HOST: z.string().default('127.0.0.1').describe('address that the gRPC server listens on'),
    ORCHESTRATOR_METRICS_PORT: metricsPortVariable,
    ORCHESTRATOR_PORT: portVariable.default(50051).describe('port of the gRPC server'),
    DATA_DIR: z
      .string()
      .default('./data')
      .describe('folder of the journal: points that are not yet confirmed as stored'),
    ROTOR_DRIVER_ADDRESS: addressVariable.default('127.0.0.1:50052').describe('gRPC address of rotor-driver'),
    SDR_SAMPLER_ADDRESS: addressVariable.default('127.0.0.1:50053').describe('gRPC address of sdr-sampler'),
    FAULT_BUDGET_S: z.coerce
      .number()
      .min(0)
      .max(86_400)
      .default(60)
      .describe('how long hardware may fail before a running scan pauses'),
    SUSPEND_SETTLE_S: z.coerce
      .number()
      .min(0)
      .max(86_400)
      .default(10)
      .describe('how long all conditions must be clear before a suspended scan resumes automatically'),
    ...suspendVariables,
    ...sunVariables,
    ...siteNameVariables,
    ...mqttVariables,
    ...metricsVariables,
    ...grpcVariables,
  })
  .superRefine((config, context) => {
    requireWholeSite(config, context);
    requireSiteForSun(config, context);
    requireConditions(config, context);
  });

export type Config = z.infer<typeof configSchema>;
