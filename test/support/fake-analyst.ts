import { pino } from 'pino';
import type { CompareMapRequest, ComparedBand, ComparisonSettings } from '#proto/comparison';
import type { FoundSource } from '#proto/found_source';
import { SkyAnalystDefinition, type SkyAnalystServiceImplementation } from '#proto/sky_analyst';
import { SkyScanError } from '#shared/base/errors';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import { separationDeg, type Pointing } from '#shared/sky/pointing';

// The comparison of sky-analyst with the simplest arithmetic: nearest point, median, z per cell.

const POINT_BYTES = 24;
const CELL_BYTES = 8;
const NO_LEVEL = -32_768;
const Z = 6;
const MIN_SESSIONS = 3;
/** Of a real baseline it is that of the noise. */
const MIN_SPREAD_DB = 0.05;
const MIN_COVERAGE = 0.8;
const DEFAULT_BEAM_DEG = 8;

export interface FakeAnalyst {
  port: number;
  /** Comparisons so far. */
  comparisons(): number;
  /** Why later sessions must not enter a baseline. */
  setUnsuitable: (reason: string | undefined) => void;
  close(): Promise<void>;
}

/** Starts a gRPC service that compares maps; it cannot do anything else. */
export async function startFakeAnalyst(port: number): Promise<FakeAnalyst> {
  let comparisons = 0;
  let unsuitable: string | undefined;
  const compare: Partial<SkyAnalystServiceImplementation> = {
    describeMethods: () => Promise.resolve({ interferenceMask: 1, sourceFinder: 1, mapComparison: 1 }),
    async *compareMap(requests) {
      const { settings, cells, points, bands } = await received(requests);
      comparisons++;
      yield { content: { $case: 'progress' as const, value: 1 } };
      const nearest = cells.map((cell) => nearestPoint(cell, points, settings));
      const maps = bands.map((band) => differences(band, nearest));
      for (const { levelDb, changeDb, z } of maps)
        yield { content: { $case: 'levels' as const, value: { levelDb, changeDb, z } } };
      const [first] = maps;
      const coverage = nearest.filter((point) => point !== undefined).length / cells.length;
      if (!first || coverage === 0) throw new SkyScanError('wrong_state', 'no cell has a level');
      const beamWidthDeg = settings.beamWidthDeg ?? DEFAULT_BEAM_DEG;
      const anomalousCells = first.z.flatMap((z, cell) => (Math.abs(z) > Z ? [cell] : []));
      const value = {
        anomalies: peaks(anomalousCells, cells, first, bands[0], beamWidthDeg),
        offsetDb: first.offsetDb,
        noiseScale: 1,
        coverage,
        beamWidthDeg,
        anomalousCells,
        unsuitable: unsuitable ?? (coverage < MIN_COVERAGE ? 'it covers too few cells' : undefined),
      };
      yield { content: { $case: 'report' as const, value } };
    },
    async summarizeLevels(requests) {
      const sessions: Float32Array[] = [];
      let cells = 0;
      for await (const { content } of requests) {
        if (content?.$case === 'cells') cells = content.value;
        else if (content?.$case === 'levels') sessions.push(decoded(content.value));
      }
      return summaryOf(cells, sessions);
    },
    identifySources: async (requests) => {
      let count = 0;
      for await (const { content } of requests)
        if (content?.$case === 'settings') count = content.value.sources.length;
      return { sources: Array.from({ length: count }, () => ({ candidates: [] })) };
    },
  };
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port,
    security: {},
    serviceName: SkyAnalystDefinition.fullName,
    logger: pino({ level: 'silent' }),
    add: (grpc) =>
      grpc.add(SkyAnalystDefinition, { ...REFUSALS, ...compare } as SkyAnalystServiceImplementation),
  });
  return {
    port: server.port,
    comparisons: () => comparisons,
    setUnsuitable: (reason) => (unsuitable = reason),
    close: () => server.close(),
  };
}

const REFUSALS = Object.fromEntries(
  Object.keys(SkyAnalystDefinition.methods).map((name) => [
    name,
    () => {
      throw new SkyScanError('unsupported', `${name} is not part of this service`);
    },
  ]),
);

type Point = Pointing & { index: number };

async function received(requests: AsyncIterable<CompareMapRequest>) {
  let settings: ComparisonSettings = { place: undefined };
  const [cells, points, bands]: [Pointing[], Point[], ComparedBand[]] = [[], [], []];
  for await (const { content } of requests) {
    if (content?.$case === 'settings') settings = content.value;
    else if (content?.$case === 'band') bands.push(content.value);
    else if (content?.$case === 'cells')
      for (let at = 0; at < content.value.length; at += CELL_BYTES) cells.push(direction(content.value, at));
    else if (content?.$case === 'points')
      for (let at = 0; at < content.value.length; at += POINT_BYTES)
        points.push({ ...direction(content.value, at), index: points.length });
  }
  return { settings, cells, points, bands };
}

function direction(bytes: Buffer, at: number): Pointing {
  return { azimuthDeg: bytes.readFloatBE(at), elevationDeg: bytes.readFloatBE(at + 4) };
}

function nearestPoint(cell: Pointing, points: Point[], settings: ComparisonSettings): number | undefined {
  const reachDeg = (settings.beamWidthDeg ?? DEFAULT_BEAM_DEG) / 4;
  const near = points
    .map((point) => ({ index: point.index, apartDeg: separationDeg(cell, point) }))
    .filter(({ apartDeg }) => apartDeg <= reachDeg)
    .sort((a, b) => a.apartDeg - b.apartDeg);
  return near[0]?.index;
}

function differences(band: ComparedBand, nearest: (number | undefined)[]) {
  const levels = nearest.map((point) => (point === undefined ? NaN : (band.levelDb[point] ?? NaN)));
  const raw = levels.map((level, cell) => level - (band.centreDb[cell] ?? NaN));
  const offsetDb = median(raw) || 0;
  const { sessions } = band;
  const isCompared = sessions >= MIN_SESSIONS;
  const levelDb = levels.map((level) => level - offsetDb);
  const changeDb = raw.map((change) => (isCompared ? change - offsetDb : NaN));
  const z = changeDb.map(
    (change, cell) => change / ((band.spreadDb[cell] ?? NaN) * Math.sqrt(1 + 1 / Math.max(1, sessions))),
  );
  return { levelDb, changeDb, z, offsetDb };
}

/** The cell with the largest |z| within each beam. */
function peaks(
  anomalous: number[],
  cells: Pointing[],
  { z, changeDb }: { z: number[]; changeDb: number[] },
  band: ComparedBand | undefined,
  beamWidthDeg: number,
) {
  const found: { kind: string; source: FoundSource; z: number; changeDb: number }[] = [];
  const strongest = [...anomalous].sort((a, b) => Math.abs(z[b] ?? 0) - Math.abs(z[a] ?? 0));
  for (const cell of strongest) {
    const { azimuthDeg, elevationDeg } = cells[cell] as Pointing;
    if (found.some(({ source }) => separationDeg(source, { azimuthDeg, elevationDeg }) < 1.5 * beamWidthDeg))
      continue;
    const source: FoundSource = {
      azimuthDeg,
      elevationDeg,
      azimuthErrorDeg: 0.5,
      elevationErrorDeg: 0.5,
      covarianceXx: 0.25,
      covarianceXy: 0,
      covarianceYy: 0.25,
      peakDb: changeDb[cell] ?? 0,
      snr: Math.abs(z[cell] ?? 0),
      channels: [{ fromHz: band?.fromHz ?? 0, toHz: band?.toHz ?? 0 }],
      isNarrow: false,
      firstSeenMs: 1_770_000_000_000,
      lastSeenMs: 1_770_000_060_000,
      flags: [],
      sightings: [],
    };
    const value = z[cell] ?? 0;
    found.push({ kind: value > 0 ? 'new' : 'gone', source, z: value, changeDb: changeDb[cell] ?? 0 });
  }
  return found;
}

function decoded(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 2 }, (_, cell) => {
    const code = bytes.readInt16LE(cell * 2);
    return code === NO_LEVEL ? NaN : code / 100;
  });
}

function summaryOf(cells: number, sessions: Float32Array[]) {
  const columns = Array.from({ length: cells }, (_, cell) =>
    sessions.map((levels) => levels[cell] ?? NaN).filter((level) => !Number.isNaN(level)),
  );
  const spreads = columns.map((levels) => spreadOf(levels));
  const pooled = median(spreads);
  return {
    count: columns.map(({ length }) => length),
    centreDb: columns.map(median),
    spreadDb: spreads.map(() => Math.max(MIN_SPREAD_DB, pooled || 0)),
    pooledSpreadDb: Number.isNaN(pooled) ? undefined : pooled,
    sessions: sessions.length,
  };
}

function spreadOf(levels: number[]): number {
  if (levels.length < 2) return NaN;
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / (levels.length - 1));
}

function median(values: number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
