import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { MqttConnection } from '../runtime/mqtt-client.ts';
import { evaluate, type Condition } from './suspend-condition.ts';

/** A topic and the condition under which the antenna has to wait. */
export interface SuspendRule {
  topic: string;
  condition: Condition;
}

// A sensor's word, not a file.
const MOST_BYTES = 4_096;
const MOST_SHOWN = 40;

/**
 * Watches topics of others; `onChange` is called when it has become another sentence. Returns why
 * scans have to wait now, if they have to.
 */
export function watchMessages(
  connection: MqttConnection,
  rules: readonly SuspendRule[],
  logger: Logger,
  onChange: () => void,
): () => string | undefined {
  const { client } = connection;
  const holding = new Map<SuspendRule, string>();
  const complained = new Set<string>();

  function take(rule: SuspendRule, payload: Buffer): void {
    const verdict =
      payload.length <= MOST_BYTES ? evaluate(rule.condition, payload.toString('utf8')) : undefined;
    if (!verdict) {
      // Said once: a broken sensor talks all night.
      if (!complained.has(rule.topic))
        logger.warn(
          { topic: rule.topic, when: rule.condition.text },
          'a message says nothing of the condition',
        );
      complained.add(rule.topic);
      return;
    }
    complained.delete(rule.topic);
    const before = holding.has(rule);
    if (verdict.holds)
      holding.set(rule, `${rule.topic} says ${verdict.found.slice(0, MOST_SHOWN)} (${rule.condition.text})`);
    else holding.delete(rule);
    if (before !== verdict.holds) onChange();
  }

  client.on('connect', () => {
    for (const { topic } of rules)
      connection.subscribe([topic]).catch((error: unknown) => {
        logger.warn({ topic, reason: errorMessage(error) }, 'cannot subscribe to what suspends scans');
      });
  });
  client.on('message', (topic, payload) => {
    for (const rule of rules) if (rule.topic === topic) take(rule, payload);
  });
  return () => [...holding.values()].join(', ') || undefined;
}
