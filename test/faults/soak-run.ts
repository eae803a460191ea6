import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Session } from '../support/gateway-scan.ts';
import { startInstantScan, type InstantStack } from '../support/instant-stack.ts';
import { mebibytes } from '../support/measured-process.ts';
import { until } from '../support/until.ts';

/** Resource usage of the services after a number of scans. */
export interface Figures {
  scans: number;
  gatewayRssBytes: number;
  gatewayHeapBytes: number;
  gatewayFds: number;
  orchestratorRssBytes: number;
  orchestratorHeapBytes: number;
  orchestratorFds: number;
  journalBytes: number;
  databaseConnections: number;
}

export interface SoakPlan {
  stack: InstantStack;
  databaseUrl: string;
  scans: number;
  points: number;
  /** Scans after which figures are taken, in addition to the last one. */
  marks: number[];
  onMark: (figures: Figures) => void;
}

/** Allowed growth of a figure since a mark with warm caches: a factor and an offset. */
const MARGINS: [keyof Figures, number, number][] = [
  ['gatewayRssBytes', 1.25, 32 * 2 ** 20],
  ['gatewayHeapBytes', 1.05, 4 * 2 ** 20],
  ['gatewayFds', 1, 5],
  ['orchestratorRssBytes', 1.25, 32 * 2 ** 20],
  ['orchestratorHeapBytes', 1.05, 4 * 2 ** 20],
  ['orchestratorFds', 1, 10],
  ['journalBytes', 1.5, 8 * 2 ** 20],
  ['databaseConnections', 1, 3],
];

/** Runs the scans one after the other through the API and records resource usage. */
export async function soak(plan: SoakPlan): Promise<Figures[]> {
  const { stack, scans, points, marks, onMark } = plan;
  const taken: Figures[] = [];
  for (let done = 1; done <= scans; done++) {
    await scanOnce(stack, points);
    if (!marks.includes(done) && done !== scans) continue;
    await forgotten(stack);
    const figures = await look(plan, done);
    taken.push(figures);
    onMark(figures);
  }
  return taken;
}

/** Figures above their margin; `from`: figures with warm caches. */
export function growth(from: Figures, to: Figures): string[] {
  return MARGINS.flatMap(([key, factor, beyond]) => {
    const limit = from[key] * factor + beyond;
    return to[key] > limit ? [`${key}: ${to[key]} after ${to.scans} scans, at most ${limit} expected`] : [];
  });
}

export const HEADINGS = [
  'scans',
  'gateway RSS',
  'heap',
  'fds',
  'orchestrator RSS',
  'heap',
  'fds',
  'journal',
  'DB connections',
];

/** The cells of a table row. */
export function lineOf(figures: Figures): string[] {
  return [
    String(figures.scans),
    mebibytes(figures.gatewayRssBytes),
    mebibytes(figures.gatewayHeapBytes),
    String(figures.gatewayFds),
    mebibytes(figures.orchestratorRssBytes),
    mebibytes(figures.orchestratorHeapBytes),
    String(figures.orchestratorFds),
    mebibytes(figures.journalBytes),
    String(figures.databaseConnections),
  ];
}

async function scanOnce(stack: InstantStack, points: number): Promise<void> {
  const id = await startInstantScan(stack, points);
  const final = await until(
    `session ${id} ends`,
    async () => {
      const { body } = await stack.gateway.get(`/api/skyscan/${id}`);
      const session = body as Session;
      return ['completed', 'cancelled', 'paused'].includes(session.status) && session;
    },
    600_000,
  );
  if (final.status !== 'completed' || final.completed_points !== points)
    throw new Error(`session ${id}: ${JSON.stringify(final)}`);
}

/** Resolves once the orchestrator has forgotten every session. */
async function forgotten(stack: InstantStack): Promise<void> {
  await until('the orchestrator has forgotten them', async () => (await stack.orchestratorSessions()) === 0);
}

async function look({ stack, databaseUrl }: SoakPlan, scans: number): Promise<Figures> {
  const { gatewayProcess, orchestrator, journalFolder } = stack;
  return {
    scans,
    gatewayHeapBytes: await gatewayProcess.heapBytes(),
    gatewayRssBytes: gatewayProcess.rssBytes(),
    gatewayFds: gatewayProcess.fds(),
    orchestratorHeapBytes: await orchestrator.heapBytes(),
    orchestratorRssBytes: orchestrator.rssBytes(),
    orchestratorFds: orchestrator.fds(),
    journalBytes: sizeOf(journalFolder),
    databaseConnections: await connectionsTo(databaseUrl),
  };
}

function sizeOf(folder: string): number {
  const sizes = readdirSync(folder).map(
    // The database may have just deleted a file by compaction.
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Connections of the services to this database. */
async function connectionsTo(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name like 'skyscan%'`,
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}
