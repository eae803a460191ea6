import { z } from 'zod';
import { addressVariable, portVariable } from '#shared/env';
import { grpcSecurityVariables } from '#shared/grpc-credentials';
import { mqttVariables } from '#shared/mqtt-client';
import { requireWholeSite, siteFrom, siteVariables } from '#shared/site';
import type { SuspendRule } from './conditions/messages.ts';
import type { SunKeepOut } from './conditions/sun.ts';
import { parseCondition } from './domain/condition.ts';

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
    /** Topics of others, separated by `;`, whose messages may suspend scans: a wind meter, a rain sensor. */
    SUSPEND_TOPIC: z
      .string()
      .regex(/^[^#+]+$/, 'must be topics without wildcards, separated by ;')
      .optional(),
    /** For each topic when scans wait: `> 12`, `wind.gust >= 12.5`, `== on`; separated by `;`. */
    SUSPEND_WHEN: z.string().optional(),
    /** How long all has to be well before a suspended scan goes on, seconds. */
    SUSPEND_SETTLE_S: z.coerce.number().min(0).max(86_400).default(10),
    /** Scans wait while the next cell is nearer to the Sun than this, degrees; needs SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG. */
    SUN_KEEP_OUT_DEG: z.coerce.number().gt(0).max(90).optional(),
    ...siteVariables,
    ...mqttVariables,
    ...grpcSecurityVariables,
  })
  .superRefine((config, context) => {
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    requireWholeSite(config, context);
    if (config.SUN_KEEP_OUT_DEG !== undefined && !siteFrom(config))
      refuse('SUN_KEEP_OUT_DEG', 'needs SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG');
    const topics = listed(config.SUSPEND_TOPIC);
    const whens = listed(config.SUSPEND_WHEN);
    if (topics.length !== whens.length)
      refuse(
        'SUSPEND_WHEN',
        `must have one condition for each topic of SUSPEND_TOPIC: ${whens.length} for ${topics.length}`,
      );
    for (const parsed of whens.map(parseCondition))
      if (typeof parsed === 'string') refuse('SUSPEND_WHEN', parsed);
  });

export type Config = z.infer<typeof configSchema>;

/** What scans keep from the Sun; undefined: nothing. */
export function sunKeepOut(
  config: Pick<Config, 'SUN_KEEP_OUT_DEG' | 'SITE_LATITUDE_DEG' | 'SITE_LONGITUDE_DEG'>,
): SunKeepOut | undefined {
  const { SUN_KEEP_OUT_DEG: keepOutDeg } = config;
  const site = siteFrom(config);
  return keepOutDeg === undefined || !site ? undefined : { keepOutDeg, ...site };
}

/** Which topics suspend scans, and when. */
export function suspendRules(config: Pick<Config, 'SUSPEND_TOPIC' | 'SUSPEND_WHEN'>): SuspendRule[] {
  const topics = listed(config.SUSPEND_TOPIC);
  return listed(config.SUSPEND_WHEN).flatMap((text, i) => {
    const condition = parseCondition(text);
    const topic = topics[i];
    return topic && typeof condition !== 'string' ? [{ topic, condition }] : [];
  });
}

function listed(text: string | undefined): string[] {
  return text?.split(';').map((part) => part.trim()) ?? [];
}
