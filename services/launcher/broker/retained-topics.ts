import type { Logger } from '#shared/runtime/logger';

/** The topics with a retained message; their number is bounded. */
export interface RetainedTopics {
  /** Returns whether the message may be retained. An empty one removes its topic. */
  add(topic: string, hasPayload: boolean): boolean;
}

export function createRetainedTopics(maxTopics: number, logger: Logger): RetainedTopics {
  const topics = new Set<string>();
  return {
    add(topic, hasPayload) {
      if (!hasPayload) topics.delete(topic);
      else if (!topics.has(topic) && topics.size >= maxTopics) {
        logger.warn({ limit: maxTopics }, 'too many retained topics; message not retained');
        return false;
      } else topics.add(topic);
      return true;
    },
  };
}
