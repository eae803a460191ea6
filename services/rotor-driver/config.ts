import { z } from 'zod';
import { portVariable } from '#shared/runtime/env';
import { errorMessage } from '#shared/base/errors';
import { grpcVariables } from '#shared/runtime/grpc-credentials';
import { metricsPortVariable, metricsVariables } from '#shared/runtime/metrics';
import { mqttVariables } from '#shared/runtime/mqtt-client';
import { requireWholeSite, siteNameVariables } from '#shared/rotor/site-variables';
import { requireSiteForSun, sunVariables } from '#shared/rotor/sun-variables';
import { requireConditions, suspendVariables } from '#shared/rotor/suspend-rules';
import { parseNetworks } from '#shared/runtime/network-addresses';
import { DEFAULT_NETWORKS } from './rotctld/address.ts';

const variables = z.object({
  ROTOR_DRIVER_HOST: z.string().default('127.0.0.1').describe('address on which its gRPC listens'),
  ROTOR_DRIVER_PORT: portVariable.default(50052).describe('port of its gRPC'),
  DATA_DIR: z
    .string()
    .default('./data')
    .describe('its lease counter and the state of the rotators are in the folder rotor-driver'),
  ROTOR_DRIVER_METRICS_PORT: metricsPortVariable,
  ROTCTLD_NETWORKS: z
    .string()
    .default(DEFAULT_NETWORKS)
    .superRefine((text, context) => {
      try {
        parseNetworks(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: errorMessage(error) });
      }
    })
    .describe('networks in which a rotctld may be, comma-separated, e.g. `192.168.1.0/24`'),
  ROTCTLD_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(500)
    .max(60_000)
    .default(5_000)
    .describe('maximum time for rotctld to answer a command; SPID controllers need 10,000'),
  ...suspendVariables,
  ...sunVariables,
  ...siteNameVariables,
  ...mqttVariables,
  ...metricsVariables,
  ...grpcVariables,
});

/** Environment of rotor-driver. */
export const configSchema = variables
  .superRefine(requireWholeSite)
  .superRefine(requireSiteForSun)
  .superRefine(requireConditions);

export type Config = z.infer<typeof configSchema>;
