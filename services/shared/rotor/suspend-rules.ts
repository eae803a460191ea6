import { z } from 'zod';
import { parseCondition } from './suspend-condition.ts';
import type { SuspendRule } from './suspend-watcher.ts';

/** Used by scan-orchestrator, whose scans wait, and rotor-driver, which then only parks. */
export const suspendVariables = {
  SUSPEND_TOPIC: z
    .string()
    .regex(/^[^#+]+$/, 'must be topics without wildcards, separated by ;')
    .optional()
    .describe(
      'MQTT topics whose messages suspend scans, e.g. `garden/wind`; several separated by `;`. Set it for scan-orchestrator and rotor-driver',
    ),
  SUSPEND_WHEN: z
    .string()
    .optional()
    .describe(
      'a condition for each topic, e.g. `gust > 12`. While one holds, scans wait and the rotor only moves to the park pointing',
    ),
};

interface SuspendSettings {
  SUSPEND_TOPIC?: string | undefined;
  SUSPEND_WHEN?: string | undefined;
}

/** For `superRefine`: one valid condition for each topic. */
export function requireConditions(settings: SuspendSettings, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['SUSPEND_WHEN'], message });
  const topics = listed(settings.SUSPEND_TOPIC);
  const whens = listed(settings.SUSPEND_WHEN);
  if (topics.length !== whens.length)
    refuse(`must have one condition for each topic of SUSPEND_TOPIC: ${whens.length} for ${topics.length}`);
  for (const parsed of whens.map(parseCondition)) if (typeof parsed === 'string') refuse(parsed);
}

/** The topics and conditions that suspend scans and moves. */
export function suspendRules(settings: SuspendSettings): SuspendRule[] {
  const topics = listed(settings.SUSPEND_TOPIC);
  return listed(settings.SUSPEND_WHEN).flatMap((text, i) => {
    const condition = parseCondition(text);
    const topic = topics[i];
    return topic && typeof condition !== 'string' ? [{ topic, condition }] : [];
  });
}

function listed(text: string | undefined): string[] {
  return text?.split(';').map((part) => part.trim()) ?? [];
}
