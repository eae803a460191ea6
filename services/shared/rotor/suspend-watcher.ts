import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { MqttConnection } from '../runtime/mqtt-client.ts';
import { evaluate, type Condition } from './suspend-condition.ts';

/** A topic and the condition of its messages that suspends scans. */
export interface SuspendRule {
  topic: string;
  condition: Condition;
}

// Sensor messages are small.
const MAX_BYTES = 4_096;
const MAX_SHOWN_CHARS = 40;

/** The suspend conditions as their topics report them. */
export interface SuspendTopics {
  /** Describes the conditions that hold; undefined while none does. */
  reason: () => string | undefined;
  /** Calls `listener` whenever a condition starts or ceases to hold. */
  onChange: (listener: () => void) => void;
}

/** Watches the suspend topics. */
export function watchSuspendTopics(
  connection: MqttConnection,
  rules: readonly SuspendRule[],
  logger: Logger,
): SuspendTopics {
  const { client } = connection;
  const holding = new Map<SuspendRule, string>();
  const unreadable = createUnreadableLog(logger);
  const listeners: (() => void)[] = [];

  function handle(rule: SuspendRule, payload: Buffer): void {
    const result =
      payload.length <= MAX_BYTES ? evaluate(rule.condition, payload.toString('utf8')) : undefined;
    if (!result) {
      unreadable.add(rule);
      return;
    }
    unreadable.delete(rule);
    const wasHolding = holding.has(rule);
    if (result.holds)
      holding.set(
        rule,
        `${rule.topic} reports ${result.found.slice(0, MAX_SHOWN_CHARS)} (${rule.condition.text})`,
      );
    else holding.delete(rule);
    if (wasHolding !== result.holds) for (const listener of listeners) listener();
  }

  client.on('connect', () => {
    for (const { topic } of rules)
      connection.subscribe([topic]).catch((error: unknown) => {
        logger.warn({ topic, reason: errorMessage(error) }, 'cannot subscribe to a suspend topic');
      });
  });
  client.on('message', (topic, payload) => {
    for (const rule of rules) if (rule.topic === topic) handle(rule, payload);
  });
  return {
    reason: () => [...holding.values()].join(', ') || undefined,
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Logs a topic without a value once, until a valid message arrives. */
function createUnreadableLog(logger: Logger) {
  const topics = new Set<string>();
  return {
    add({ topic, condition }: SuspendRule): void {
      if (!topics.has(topic))
        logger.warn({ topic, when: condition.text }, 'a message has no value for the suspend condition');
      topics.add(topic);
    },
    delete({ topic }: SuspendRule): void {
      topics.delete(topic);
    },
  };
}
