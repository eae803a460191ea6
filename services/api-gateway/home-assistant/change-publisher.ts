import { acknowledged } from '#shared/runtime/acknowledged';

const AT_ONCE = 32;

/** A message to publish. */
export interface Outgoing {
  topic: string;
  message: object;
}

/** Publishes messages that differ from the last one on their topic. */
export interface ChangePublisher {
  /**
   * `messages`: on all topics of this gateway. Other topics are forgotten: another gateway may
   * publish on them. Rejects if the broker does not acknowledge.
   */
  publish(messages: readonly Outgoing[]): Promise<void>;
  /** Everything is published again. */
  reset(): void;
}

/** `send` resolves when the broker has acknowledged. */
export function createChangePublisher(
  send: (topic: string, message: object) => Promise<unknown>,
): ChangePublisher {
  let last = new Map<string, string>();

  return {
    async publish(messages) {
      // A reset while it publishes counts.
      const published = last;
      const topics = new Set(messages.map(({ topic }) => topic));
      for (const topic of published.keys()) if (!topics.has(topic)) published.delete(topic);
      const changed = messages
        .map(({ topic, message }) => ({ topic, message, text: JSON.stringify(message) }))
        .filter(({ topic, text }) => published.get(topic) !== text);
      for (let at = 0; at < changed.length; at += AT_ONCE)
        await Promise.all(
          changed.slice(at, at + AT_ONCE).map(async ({ topic, message, text }) => {
            await acknowledged(send(topic, message));
            published.set(topic, text);
          }),
        );
    },
    reset: () => void (last = new Map()),
  };
}
