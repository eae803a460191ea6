import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import { compareSession } from '../../services/sky-analyst/domain/comparison/compare-session.ts';
import type { Anomaly, UsualLevels } from '../../services/sky-analyst/domain/comparison/compared-session.ts';
import { figure, type Figure, type Goal } from '../bench/row.ts';
import { seededRandom } from '../support/samples.ts';
import { syntheticBaseline, syntheticSession, type BaselinePlan } from '../support/synthetic-baseline.ts';
import type { SkyPoint, TrueSource } from '../support/synthetic-sky.ts';
import { ALL_SKY, BEAM_DEG, idealRatio, randomPlaces, SIGMA } from './grids.ts';

/** Sessions of the baselines. */
const SESSIONS = [3, 5, 10, 20];
const PER_MAP = 6;
/** Sessions without a change for each map: they take a third of the time of the others. */
const REPEATS = 7;
const BOX: Parameters<typeof randomPlaces>[2] = { azimuthDeg: [0, 360], elevationDeg: [8, 70] };
/** Peaks of the sources above the sky, dB; the first one changes. */
const PEAKS_DB = [5, 0.5, 1, 3, 10, 15];
const SECONDS_PER_POINT = 0.35;
const DRIFT_DB = 0.02;
const STEP_DB = 3;
/** What appears: its ratio in the ideal matched filter. */
const NEW_RATIO = 12;

interface World {
  plan: BaselinePlan;
  sources: TrueSource[];
  usual: UsualLevels;
  seed: number;
}

type Case = (world: World, random: () => number) => Session;

interface Session {
  sources?: TrueSource[];
  points?: readonly SkyPoint[];
  gainDb?: (point: number) => number;
  /** Whether the anomalies are what has happened. */
  isFound: (anomalies: readonly Anomaly[]) => boolean;
}

const isNone = (anomalies: readonly Anomaly[]) => anomalies.length === 0;

const CASES: Record<string, { run: Case; goal: Goal }> = {
  'a source 5 dB above the sky is 1 dB brighter: found': {
    run: ({ sources }) => changed(sources, { amplitude: amplitudeOf(5) * 10 ** 0.1 }, 'brighter'),
    goal: { min: 0.99 },
  },
  'a source 5 dB above the sky is 1 dB fainter: found': {
    run: ({ sources }) => changed(sources, { amplitude: amplitudeOf(5) * 10 ** -0.1 }, 'fainter'),
    goal: { min: 0.99 },
  },
  'a source of SNR_mf 12 appears: found': { run: appears, goal: { min: 0.99 } },
  'a source 5 dB above the sky disappears: found': {
    run: ({ sources }) => ({
      sources: sources.slice(1),
      isFound: only('gone', sources[0] as TrueSource),
    }),
    goal: { min: 0.99 },
  },
  'a source moves by half a beam: found': { run: moves(0.5), goal: { min: 0.99 } },
  'a source moves by 1 beam: found': { run: moves(1), goal: { min: 0.99 } },
  'a source moves by 3 beams: found': { run: moves(3), goal: { min: 0.99 } },
  'a step of the gain of 3 dB: no anomaly': {
    run: (_, random) => {
      const [place, sign] = [Math.floor(random() * ALL_SKY.length), random() < 0.5 ? -1 : 1];
      return { gainDb: (point) => (point < place ? 0 : sign * STEP_DB), isFound: isNone };
    },
    goal: { min: 0.99 },
  },
  'a rain fade of up to 6 dB: no anomaly': {
    run: (_, random) => ({ gainDb: rainFade(random), isFound: isNone }),
    goal: { min: 0.99 },
  },
  'a grid that is offset by up to a quarter of the beam: no anomaly': {
    run: (_, random) => ({ points: offsetGrid(random), isFound: isNone }),
    goal: { min: 0.99 },
  },
};

/** Comparisons of sessions with baselines of 3 to 20 sessions. */
export function anomalyFigures(seed: number, maps: number): Figure[] {
  const counts = new Map(Object.keys(CASES).map((name) => [name, 0]));
  const falseBySessions = new Map(SESSIONS.map((sessions) => [sessions, { maps: 0, anomalies: 0 }]));
  const baselines = SESSIONS.map((sessions, k) => worldOf(seed + 1_000 * (k + 1), sessions));
  let scale = 0;
  for (let map = 0; map < maps; map++) {
    const world = baselines[map % baselines.length] as World;
    const own = falseBySessions.get(world.usual.sessions) as { maps: number; anomalies: number };
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const same = compare(world, { isFound: isNone }, seed + 10_000 * (repeat + 1) + map);
      own.maps++;
      own.anomalies += same.anomalies.length;
      scale += same.noiseScale / (REPEATS * maps);
    }
    for (const [name, { run }] of Object.entries(CASES)) {
      const session = run(world, seededRandom(seed + map));
      const { anomalies } = compare(world, session, seed + map);
      if (session.isFound(anomalies)) counts.set(name, (counts.get(name) as number) + 1);
      else if (process.env['SCORE_DETAILS'] !== undefined) explain(name, map, anomalies);
    }
  }
  const all = [...falseBySessions.values()].reduce((sum, { anomalies }) => sum + anomalies, 0);
  return [
    figure('false anomalies per 100 repeats', (100 * all) / (REPEATS * maps), '', { max: 0.99 }),
    ...SESSIONS.map((sessions) => {
      const { maps: repeats, anomalies } = falseBySessions.get(sessions) as {
        maps: number;
        anomalies: number;
      };
      return figure(`false anomalies in ${repeats} repeats, ${sessions} sessions`, anomalies, '');
    }),
    figure('scatter of z without a change', scale, ''),
    ...Object.entries(CASES).map(([name, { goal }]) =>
      figure(name, (counts.get(name) as number) / maps, '', goal),
    ),
  ];
}

/** What was found instead, to look into. */
function explain(name: string, map: number, anomalies: readonly Anomaly[]): void {
  const list = anomalies.map(
    ({ kind, source, z, changeDb }) =>
      `${kind} ${source.azimuthDeg.toFixed(1)} ${source.elevationDeg.toFixed(1)} z ${z.toFixed(1)} ${changeDb.toFixed(2)} dB ${source.flags.join(' ')}`,
  );
  process.stderr.write(`${name}, map ${map}: ${list.join('; ') || 'none'}\n`);
}

function worldOf(seed: number, sessions: number): World {
  const places = randomPlaces(seededRandom(seed), PER_MAP, BOX, 30);
  const sources = places.map((place, k) => ({ ...place, amplitude: amplitudeOf(PEAKS_DB[k] as number) }));
  const plan: BaselinePlan = {
    points: ALL_SKY,
    sources,
    beamWidthDeg: BEAM_DEG,
    relativeSigma: SIGMA,
    driftDb: DRIFT_DB,
    secondsPerPoint: SECONDS_PER_POINT,
  };
  return { plan, sources, seed, usual: syntheticBaseline(plan, sessions, seed) };
}

function compare(world: World, session: Session, seed: number) {
  const { sources = world.sources, points = ALL_SKY, gainDb } = session;
  const plan = { ...world.plan, sources, points, seed: seed + 500_000 };
  return compareSession(syntheticSession(plan, ALL_SKY, world.usual, gainDb), { beamWidthDeg: BEAM_DEG });
}

function amplitudeOf(peakDb: number): number {
  return 10 ** (peakDb / 10) - 1;
}

/** One anomaly of a kind, at a place and from another one. */
function only(kind: Anomaly['kind'], place: Pointing, from?: Pointing) {
  return (anomalies: readonly Anomaly[]) => {
    const [anomaly] = anomalies;
    return (
      anomaly !== undefined &&
      anomalies.length === 1 &&
      anomaly.kind === kind &&
      separationDeg(anomaly.source, place) < BEAM_DEG / 4 &&
      (!from || (anomaly.from !== undefined && separationDeg(anomaly.from, from) < BEAM_DEG / 4))
    );
  };
}

function changed(
  sources: readonly TrueSource[],
  change: Partial<TrueSource>,
  kind: Anomaly['kind'],
): Session {
  const [first, ...others] = sources as [TrueSource, ...TrueSource[]];
  return { sources: [{ ...first, ...change }, ...others], isFound: only(kind, first) };
}

function appears({ sources }: World, random: () => number): Session {
  for (;;) {
    const [place] = randomPlaces(random, 1, BOX, 0) as [Pointing];
    if (sources.some((source) => separationDeg(source, place) < 2.5 * BEAM_DEG)) continue;
    const source = { ...place, amplitude: NEW_RATIO / idealRatio(ALL_SKY, place) };
    return {
      sources: [...sources, source],
      isFound: (anomalies) => only('new', { ...place })(anomalies),
    };
  }
}

/** In a random direction, above the horizon and away from other sources. */
function moves(beams: number): Case {
  return ({ sources }, random) => {
    const [first, ...others] = sources as [TrueSource, ...TrueSource[]];
    for (;;) {
      const angle = 2 * Math.PI * random();
      const elevationDeg = first.elevationDeg + beams * BEAM_DEG * Math.sin(angle);
      const azimuthDeg =
        first.azimuthDeg + (beams * BEAM_DEG * Math.cos(angle)) / Math.cos(degToRad(elevationDeg));
      const to = { ...first, azimuthDeg: (azimuthDeg + 360) % 360, elevationDeg };
      const isAlone = others.every((other) => separationDeg(other, to) > 2 * BEAM_DEG);
      if (elevationDeg < 5 || elevationDeg > 75 || !isAlone) continue;
      return { sources: [to, ...others], isFound: only('moved', to, first) };
    }
  };
}

/** Attenuation that rises and falls in tens of minutes, along the path through the rain. */
function rainFade(random: () => number): (point: number) => number {
  const middleS = random() * ALL_SKY.length * SECONDS_PER_POINT;
  const widthS = 300 + 600 * random();
  const zenithDb = 0.4 + 0.8 * random();
  return (point) => {
    const path = 1 / Math.max(0.2, Math.sin(degToRad((ALL_SKY[point] as SkyPoint).elevationDeg)));
    return -zenithDb * path * Math.exp(-(((point * SECONDS_PER_POINT - middleS) / widthS) ** 2));
  };
}

/** All points are beside the cells by the same angle, up to a quarter of the beam. */
function offsetGrid(random: () => number): SkyPoint[] {
  const angle = 2 * Math.PI * random();
  const distance = (BEAM_DEG / 4) * Math.sqrt(random());
  return ALL_SKY.map((point) => ({
    ...point,
    azimuthDeg: point.azimuthDeg + (distance * Math.cos(angle)) / Math.cos(degToRad(point.elevationDeg)),
    elevationDeg: point.elevationDeg + distance * Math.sin(angle),
  }));
}
