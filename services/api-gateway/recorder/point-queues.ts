import type { PointMessage } from '#contract/mqtt-messages';

/** Points of each session that arrive while earlier ones are being stored. */
export interface PointQueues<Result> {
  /** Resolves with the result for this message. */
  add(sessionId: number, message: PointMessage): Promise<Result>;
  /** Points that are added from now on are stored after what is queued for the session so far. */
  separate(sessionId: number): void;
}

interface Queue<Result> {
  messages: PointMessage[];
  results: Promise<Result[]>;
}

/**
 * `inTurn` runs a task of a session after the earlier ones. `store` gets all points that have
 * arrived by then, in the order of arrival, and returns one result for each.
 */
export function createPointQueues<Result>(
  inTurn: <T>(sessionId: number, task: () => Promise<T>) => Promise<T>,
  store: (sessionId: number, messages: PointMessage[]) => Promise<Result[]>,
): PointQueues<Result> {
  const queues = new Map<number, Queue<Result>>();

  function open(sessionId: number): Queue<Result> {
    const messages: PointMessage[] = [];
    const results = inTurn(sessionId, () => {
      if (queues.get(sessionId)?.messages === messages) queues.delete(sessionId);
      return store(sessionId, messages);
    });
    const queue = { messages, results };
    queues.set(sessionId, queue);
    return queue;
  }

  return {
    async add(sessionId, message) {
      const { messages, results } = queues.get(sessionId) ?? open(sessionId);
      const index = messages.push(message) - 1;
      return (await results)[index] as Result;
    },
    separate: (sessionId) => void queues.delete(sessionId),
  };
}
