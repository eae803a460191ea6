import { expect, test } from 'vitest';
import type { Candidate, Candidates } from '#contract/rest/candidates';
import type { SeenSource } from '../clients/known-sky.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { FoundSource } from '../store/sources/sources.ts';
import { identifySession } from './identify-session.ts';

const PLACE = { latitudeDeg: 50, longitudeDeg: 8, heightM: 200 };
const session = { site_id: 1 } as SessionRow;
const source = {
  azimuth_deg: -10,
  elevation_deg: 40,
  covariance_xx: 0.04,
  covariance_xy: 0.01,
  covariance_yy: 0.09,
  channels: [{ from_hz: 1e8, to_hz: 2e8 }],
  is_narrow: true,
  first_seen: new Date(1_000),
  last_seen: new Date(3_000),
  sightings: [] as FoundSource['sightings'],
} as FoundSource;

/** What sky-analyst is asked, and the result; the database has no records. */
async function ask(found: FoundSource, place: typeof PLACE | undefined, answer: Candidates[] = []) {
  let question: SeenSource[] | undefined;
  const analyst = {
    identifySources(_site: unknown, sources: SeenSource[]) {
      question = sources;
      return Promise.resolve(answer);
    },
  } as unknown as SkyAnalyst;
  const db = { query: () => Promise.resolve([]), copy: () => Promise.resolve([]) } as unknown as Database;
  const names = await identifySession(
    db,
    analyst,
    () => Promise.resolve(place),
    session,
    [found],
    new AbortController().signal,
  );
  return { question, names };
}

const asked = async (found: FoundSource, place?: typeof PLACE) => (await ask(found, place)).question;

test('a source is asked for in the middle of its time', async () => {
  expect(await asked(source, PLACE)).toEqual([
    {
      sightings: [
        {
          timeMs: 2_000,
          azimuthDeg: 350,
          elevationDeg: 40,
          covariance: { xx: 0.04, xy: 0.01, yy: 0.09 },
        },
      ],
      channels: [{ fromHz: 1e8, toHz: 2e8 }],
      isNarrow: true,
    },
  ]);
});

test('a source whose motion is known is asked for with its sightings', async () => {
  const at = (time_ms: number, azimuth_deg: number) => ({
    ...{ time_ms, azimuth_deg, elevation_deg: 40 },
    ...{ covariance_xx: 0.02, covariance_xy: 0, covariance_yy: 0 },
  });
  const [seen] = (await asked({ ...source, sightings: [at(1_500, -11), at(2_500, -9)] }, PLACE)) ?? [];
  expect(seen?.sightings).toEqual([
    { timeMs: 1_500, azimuthDeg: 349, elevationDeg: 40, covariance: { xx: 0.02, xy: 0, yy: 1e-4 } },
    { timeMs: 2_500, azimuthDeg: 351, elevationDeg: 40, covariance: { xx: 0.02, xy: 0, yy: 1e-4 } },
  ]);
});

test('a covariance that cannot be inverted becomes one that can', async () => {
  const covariances = [
    { covariance_xx: 0, covariance_xy: 0, covariance_yy: 0 },
    { covariance_xx: 1, covariance_xy: 1, covariance_yy: 1 },
  ];
  for (const covariance of covariances) {
    const [seen] = (await asked({ ...source, ...covariance }, PLACE)) ?? [];
    const { xx, xy, yy } = seen?.sightings[0]?.covariance ?? { xx: 0, xy: 0, yy: 0 };
    expect(xx * yy - xy * xy).toBeGreaterThan(0);
  }
});

test('nothing is asked without a place', async () => {
  expect(await asked(source)).toBeUndefined();
});

test.each<[Candidate['kind'], string, string | null]>([
  ['sun', 'Sun', 'Sun'],
  ['belt', 'geostationary belt', null],
])('a candidate of the kind %s that is accepted names the source %s: %s', async (kind, name, identity) => {
  const rest = { posterior: 0.95, chance: 0, distance: 1, agrees: [], warnings: [] };
  const { names } = await ask(source, PLACE, [{ accepted: name, candidates: [{ kind, name, ...rest }] }]);
  expect(names).toMatchObject([{ accepted: identity, candidates: [{ name }] }]);
});
