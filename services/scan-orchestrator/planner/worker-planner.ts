import { Worker } from 'node:worker_threads';
import { SkyScanError, type ErrorKind } from '#shared/base/errors';
import { gridShape } from '#shared/sky/grid-shape';
import { plannedScan, type FoundScan, type PlanJob } from '../engine/planning.ts';
import type { Planner } from '../engine/ports.ts';

/** The worker's reply to a job. */
export type PlanAnswer = { found: FoundScan } | { problem: { kind: ErrorKind; message: string } };

export interface PlannerLimits {
  /** Maximum duration of one plan, milliseconds. */
  budgetMs: number;
  /** Maximum number of waiting jobs. */
  capacity: number;
}

interface Waiting {
  job: PlanJob;
  signal: AbortSignal;
  resolve: (found: FoundScan) => void;
  reject: (reason: Error) => void;
}

// An idle thread is ended: it occupies about 10 MB.
const IDLE_MS = 30_000;

// When run from the sources, as in tests, the thread must load them too.
const SOURCE = import.meta.url.endsWith('.ts');
const PROGRAM = new URL(SOURCE ? './worker.ts' : './worker.js', import.meta.url);

/**
 * Plans in a worker thread, one scan at a time. The thread of an aborted or overlong plan is
 * terminated; the next plan starts a new one.
 */
export class WorkerPlanner implements Planner {
  readonly #limits: PlannerLimits;
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #running: Waiting | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(limits: PlannerLimits) {
    this.#limits = limits;
  }

  async plan(job: PlanJob, signal: AbortSignal): ReturnType<Planner['plan']> {
    signal.throwIfAborted();
    const { capacity } = this.#limits;
    if (this.#waiting.length >= capacity)
      throw new SkyScanError('no_room', `${capacity} plans are waiting; try again in some seconds`);
    const found = await new Promise<FoundScan>((resolve, reject) => {
      this.#waiting.push({ job, signal, resolve, reject });
      this.#next();
    });
    return plannedScan(found, job);
  }

  async close(): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(closing());
    this.#running?.reject(closing());
    await this.#end();
  }

  #next(): void {
    if (this.#running) return;
    const next = this.#waiting.shift();
    if (!next) {
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
      return;
    }
    if (next.signal.aborted) {
      next.reject(next.signal.reason as Error);
      this.#next();
      return;
    }
    clearTimeout(this.#idle);
    this.#run(next);
  }

  #run(item: Waiting): void {
    const { job, signal, resolve, reject } = item;
    this.#running = item;
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    const over = () => {
      clearTimeout(budget);
      signal.removeEventListener('abort', onAbort);
      worker.off('error', giveUp).off('exit', onExit).off('message', onAnswer);
      worker.unref();
      this.#running = undefined;
      this.#next();
    };
    const giveUp = (reason: Error) => {
      reject(reason);
      void this.#end();
      over();
    };
    const onAbort = () => giveUp(signal.reason as Error);
    const onExit = () => giveUp(new Error('the planning thread ended'));
    const onAnswer = (answer: PlanAnswer) => {
      if ('found' in answer) resolve(answer.found);
      else reject(new SkyScanError(answer.problem.kind, answer.problem.message));
      over();
    };
    const budget = setTimeout(() => giveUp(tooLong(job, this.#limits.budgetMs)), this.#limits.budgetMs);
    signal.addEventListener('abort', onAbort, { once: true });
    worker.on('error', giveUp).on('exit', onExit).on('message', onAnswer);
    worker.postMessage(job);
  }

  #start(): Worker {
    const worker = startWorker();
    // A thread that exits while idle is not reused.
    worker
      .on('error', () => undefined)
      .on('exit', () => {
        if (this.#worker === worker) this.#worker = undefined;
      });
    return worker;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#idle);
    await worker?.terminate();
  }
}

function startWorker(): Worker {
  // No secrets in its environment.
  const options = { env: {}, name: 'planner' };
  if (!SOURCE) return new Worker(PROGRAM, options);
  // Node 20 does not pass `--import tsx` to worker threads.
  const program = JSON.stringify(PROGRAM.href);
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${program}); });`;
  return new Worker(code, { ...options, eval: true, execArgv: ['--conditions=source'] });
}

function closing(): SkyScanError {
  return new SkyScanError('unavailable', 'scan-orchestrator is shutting down');
}

function tooLong({ inputs: { bounds, rotor } }: PlanJob, budgetMs: number): SkyScanError {
  const { totalPoints } = gridShape(bounds);
  const obstacles = `${rotor.horizon.length} horizon points and ${rotor.keepOut.length} keep-out sectors`;
  return new SkyScanError(
    'out_of_range',
    `planning ${totalPoints} points around ${obstacles} takes longer than ${budgetMs / 1000} s on this machine; ` +
      'use fewer points or fewer obstacles',
  );
}
