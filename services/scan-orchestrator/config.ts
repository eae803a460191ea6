import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/env';
import { grpcSecurityVariables } from '#shared/grpc-credentials';
import { mqttVariables } from '#shared/mqtt-client';
import { requireWholeSite } from '#shared/site';
import { requireSiteForSun, sunVariables } from '#shared/sun-keep-out';
import { requireConditions, suspendVariables } from '#shared/suspend-rules';

export const configSchema = z
  .object({
    ORCHESTRATOR_HOST: z.string().default('127.0.0.1'),
    ORCHESTRATOR_PORT: portVariable.default(50051),
    /** The journal lies below it. */
    DATA_DIR: z.string().default('./data'),
    ROTOR_DRIVER_ADDRESS: addressVariable.default('127.0.0.1:50052'),
    SDR_SAMPLER_ADDRESS: addressVariable.default('127.0.0.1:50053'),
    /** How long hardware may fail before a running session pauses, seconds. */
    FAULT_BUDGET_S: z.coerce.number().min(0).max(86_400).default(60),
    /** How long all has to be well before a suspended scan goes on, seconds. */
    SUSPEND_SETTLE_S: z.coerce.number().min(0).max(86_400).default(10),
    ...suspendVariables,
    ...sunVariables,
    ...mqttVariables,
    ...grpcSecurityVariables,
  })
  .superRefine((config, context) => {
    requireWholeSite(config, context);
    requireSiteForSun(config, context);
    requireConditions(config, context);
  });

export type Config = z.infer<typeof configSchema>;
