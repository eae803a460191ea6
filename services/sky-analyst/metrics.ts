import type { Semaphore } from 'async-mutex';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { errorKind } from '#shared/base/errors';
import type { MaskThreads } from './threads/mask-threads.ts';
import type { TaskThreads } from './threads/task-threads.ts';

const SECONDS = [0.05, 0.2, 1, 5, 20, 60, 300, 1_200];

export interface AnalystMetrics {
  tasks(threads: TaskThreads): TaskThreads;
  masks(threads: MaskThreads): MaskThreads;
}

/**
 * The metrics of sky-analyst besides those of its process; `slots`: threads of the searches, of
 * which there are `count`.
 */
export function createAnalystMetrics(registry: Registry, slots: Semaphore, count: number): AnalystMetrics {
  const registers = [registry];
  const analyses = new Counter({
    name: 'skyscan_analyses_total',
    help: 'Ended analyses by task and result: done, cancelled or failed',
    labelNames: ['task', 'result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'skyscan_analysis_seconds',
    help: 'Duration of the analyses that were completed, with the wait for a thread, seconds',
    labelNames: ['task'],
    buckets: SECONDS,
    registers,
  });
  const running = new Gauge({
    name: 'skyscan_analyses_running',
    help: 'Analyses that run or wait for a thread, by task',
    labelNames: ['task'],
    registers,
  });
  new Gauge({
    name: 'skyscan_analysis_threads_busy',
    help: 'Threads for searches that are in use',
    registers,
    collect() {
      this.set(count - Math.max(0, slots.getValue()));
    },
  });
  new Gauge({ name: 'skyscan_analysis_threads', help: 'Threads for searches', registers }).set(count);

  /** `isLast`: the reader may leave after this message; by default it reads to the end. */
  async function* observed<T>(
    task: string,
    messages: AsyncGenerator<T, void>,
    isLast: (message: T) => boolean = () => false,
  ): AsyncGenerator<T, void> {
    const startedMs = performance.now();
    let result = 'cancelled';
    const done = () => {
      if (result !== 'done') seconds.observe({ task }, (performance.now() - startedMs) / 1000);
      result = 'done';
    };
    running.inc({ task });
    try {
      for await (const message of messages) {
        if (isLast(message)) done();
        yield message;
      }
      done();
    } catch (error) {
      if (errorKind(error) !== 'cancelled') result = 'failed';
      throw error;
    } finally {
      running.dec({ task });
      analyses.inc({ task, result });
    }
  }

  return {
    tasks: (threads) => ({
      run: (name, input, signal) =>
        observed(name, threads.run(name, input, signal), (message) => 'result' in message),
    }),
    masks: (threads) => ({
      mask: (band, points, signal) => observed('maskInterference', threads.mask(band, points, signal)),
    }),
  };
}
