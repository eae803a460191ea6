import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { portVariable } from '#shared/runtime/env';
import { grpcVariables } from '#shared/runtime/grpc-credentials';
import { metricsPortVariable, metricsVariables } from '#shared/runtime/metrics';

/** Environment variables of sky-analyst. */
export const configSchema = z.object({
  SKY_ANALYST_HOST: z.string().default('127.0.0.1').describe('address that the gRPC server listens on'),
  SKY_ANALYST_METRICS_PORT: metricsPortVariable,
  SKY_ANALYST_PORT: portVariable.default(50054).describe('port of the gRPC server'),
  ANALYST_THREADS: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('analyses that run at once; more wait. Default: one less than the number of cores, at least 1')
    .transform((threads) => threads ?? Math.max(1, availableParallelism() - 1)),
  ...metricsVariables,
  ...grpcVariables,
});

export type SkyAnalystConfig = z.infer<typeof configSchema>;
