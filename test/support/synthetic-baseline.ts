import type {
  ComparedSession,
  UsualLevels,
} from '../../services/sky-analyst/domain/comparison/compared-session.ts';
import { compareSession } from '../../services/sky-analyst/domain/comparison/compare-session.ts';
import { summarizeLevels } from '../../services/sky-analyst/domain/comparison/summarize-levels.ts';
import { syntheticSky, type SkyPlan } from './synthetic-sky.ts';

/** What the sessions of a baseline have in common. */
export type BaselinePlan = Omit<SkyPlan, 'seed'>;

const BAND = { fromHz: 100e6, toHz: 102e6, integrationS: 0.1 };
const NONE = -32_768;
/** Level of the sky, dBm. */
const SKY_DBM = -90;

/** A session of a plan, to compare it with `usual` on the cells of `cells`. */
export function syntheticSession(
  plan: SkyPlan,
  cells: BaselinePlan['points'],
  usual: UsualLevels | undefined,
  gainDb: (point: number) => number = () => 0,
): ComparedSession {
  const sky = syntheticSky(plan);
  return {
    cells: {
      azimuthDeg: Float64Array.from(cells, ({ azimuthDeg }) => azimuthDeg),
      elevationDeg: Float64Array.from(cells, ({ elevationDeg }) => elevationDeg),
    },
    points: { ...sky, clipped: new Uint8Array(sky.level.length) },
    bands: [
      {
        ...BAND,
        // Of a float32 of the wire.
        levelDb: sky.level.map((level, k) => Math.fround(SKY_DBM + 10 * Math.log10(level) + gainDb(k))),
        usual,
      },
    ],
  };
}

/** Statistics of sessions with the seeds from `seed`, each aligned with those before it. */
export function syntheticBaseline(plan: BaselinePlan, sessions: number, seed: number): UsualLevels {
  const levels: Int16Array[] = [];
  let usual: UsualLevels | undefined;
  for (let session = 0; session < sessions; session++) {
    const each = syntheticSession({ ...plan, seed: seed + session }, plan.points, usual);
    const report = compareSession(each, { beamWidthDeg: plan.beamWidthDeg });
    levels.push(codesOf(report.levels[0]?.levelDb ?? new Float32Array(0)));
    usual = usualOf(plan.points.length, levels);
  }
  return usual as UsualLevels;
}

function usualOf(cells: number, levels: readonly Int16Array[]): UsualLevels {
  const { sessions, count, centreDb, spreadDb } = summarizeLevels(cells, levels);
  return {
    sessions,
    count: Float64Array.from(count),
    centreDb: Float64Array.from(centreDb),
    spreadDb: Float64Array.from(spreadDb),
  };
}

/** Levels as they are stored: 0.01 dB. */
function codesOf(levelsDb: Float32Array): Int16Array {
  return Int16Array.from(levelsDb, (level) => (Number.isNaN(level) ? NONE : Math.round(100 * level)));
}
