import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#shared/runtime/clock';
import { createLogger } from '#shared/runtime/logger';
import type { MeasuredPoint } from '../../services/scan-orchestrator/domain/measurement.ts';
import type { Publisher, SessionView } from '../../services/scan-orchestrator/engine/ports.ts';
import { createSupervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { startInstantScan, startInstantStack } from '../support/instant-stack.ts';
import { CALM, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';
import { startBenchPostgres } from './bench-postgres.ts';
import { figure, type Figure, type Row } from './row.ts';
import { median, quantile } from './statistics.ts';
import { watchEnd } from './watch-end.ts';

const SESSION = 1;
const ROW_OF_CELLS = 1_000;
// Confirms recorded points, as the gateway does every few seconds.
const CONFIRM_EVERY = 1_000;
const P50_MS = { max: 3 };
const P99_MS = { max: 20 };

/** Overhead per point, with a rotor and receiver that respond at once. */
export const overhead: Row = {
  name: 'overhead',
  async run({ quick }) {
    const small = await measureEngine(1_000);
    if (quick) return engineFigures(small);
    const large = await measureEngine(100_000);
    return [...engineFigures(small), ...engineFigures(large), ...(await measureStack(10_000))];
  },
};

function engineFigures(gapsMs: Float64Array): Figure[] {
  const points = (gapsMs.length + 1).toLocaleString('en-US');
  const tenth = Math.floor(gapsMs.length / 10);
  const drift = median(gapsMs.subarray(-tenth)) / median(gapsMs.subarray(0, tenth));
  return [
    figure(`engine and journal, ${points} points: p50`, median(gapsMs), 'ms', P50_MS),
    figure(`engine and journal, ${points} points: p99`, quantile(gapsMs, 0.99), 'ms', P99_MS),
    figure(
      `engine and journal, ${points} points: last tenth over first`,
      drift,
      '',
      gapsMs.length > 10_000 ? { max: 1.05 } : undefined,
    ),
  ];
}

/** The engine with the real journal, one fsync per point; time between points, milliseconds. */
async function measureEngine(points: number): Promise<Float64Array> {
  const folder = await mkdtemp(join(tmpdir(), 'sky-scan-bench-journal-'));
  const logger = createLogger('bench', 'silent');
  const journal = await openJournal(folder, logger);
  let confirming: Promise<unknown> = Promise.resolve();
  const clocked = new ClockedPublisher(points, (seq, revision) => {
    if (seq % CONFIRM_EVERY === 0) confirming = supervisor.confirm(SESSION, seq, revision);
  });
  const supervisor = createSupervisor({
    rotors: new FakeRotors(),
    receiver: new FakeReceiver(),
    journal,
    publisher: clocked,
    clock: systemClock,
    logger,
    faultBudgetMs: 60_000,
    ...CALM,
  });
  try {
    const columns = Math.min(points, ROW_OF_CELLS);
    const bounds = {
      kind: 'rectangular' as const,
      azStartDeg: 0,
      azEndDeg: (columns - 1) / 10,
      elStartDeg: 10,
      elEndDeg: 10 + (points / columns - 1) / 10,
      stepDeg: 0.1,
    };
    await supervisor.start({
      sessionId: SESSION,
      bounds,
      rssiIterations: 1,
      rotor: rotorConfig(),
      notes: null,
    });
    await until('the end of the scan', () => supervisor.list()[0]?.status === 'completed', 1_800_000);
    await confirming;
  } finally {
    await supervisor.close();
    await journal.close();
    await rm(folder, { recursive: true });
  }
  return clocked.gapsMs();
}

/** Records the publication time of each point. */
class ClockedPublisher implements Publisher {
  points = 0;
  readonly #atMs: Float64Array;
  readonly #onPoint: (seq: number, revision: number) => void;

  constructor(points: number, onPoint: (seq: number, revision: number) => void) {
    this.#atMs = new Float64Array(points);
    this.#onPoint = onPoint;
  }

  point(view: SessionView, { seq }: MeasuredPoint): void {
    this.#atMs[this.points++] = performance.now();
    this.#onPoint(seq, view.revision);
  }

  status(): void {
    // only points count
  }

  hasPublished(): boolean {
    return true;
  }

  forget(): void {
    // nothing to forget
  }

  gapsMs(): Float64Array {
    return this.#atMs.subarray(1).map((at, i) => at - (this.#atMs[i] as number));
  }
}

/** The real gateway, orchestrator, broker and PostgreSQL, with hardware that responds at once. */
async function measureStack(points: number): Promise<Figure[]> {
  const postgres = await startBenchPostgres();
  const broker = await startAedes();
  const stack = await startInstantStack(postgres.url, broker.url);
  try {
    const watch = await watchEnd(broker.url);
    const id = await startInstantScan(stack, points);
    await watch.completed(id, 1_800_000);
    await watch.close();
    await until('the last point to be stored', async () => {
      const { body } = await stack.gateway.get(`/api/skyscan/${id}`);
      return (body as { status: string }).status === 'completed';
    });
    const { body } = await stack.gateway.get(`/api/skyscan/${id}/measurements`);
    const atMs = (body as { measured_at: string }[]).map(({ measured_at }) => Date.parse(measured_at));
    const gapsMs = atMs.slice(1).map((at, i) => at - (atMs[i] as number));
    const meanMs = ((atMs.at(-1) ?? NaN) - (atMs[0] ?? NaN)) / gapsMs.length;
    const name = `every process, ${points.toLocaleString('en-US')} points`;
    return [
      figure(`${name}: mean`, meanMs, 'ms', P50_MS),
      figure(`${name}: p99`, quantile(gapsMs, 0.99), 'ms', P99_MS),
    ];
  } finally {
    await stack.close();
    await broker.close();
    await postgres.stop();
  }
}
