import { expect, test } from 'vitest';
import type { Candidate } from '#contract/rest/candidates';
import type { SourceRow } from '../store/ground-places.ts';
import { bearingsOfSources } from './bearings-of-sources.ts';

const candidate = (kind: Candidate['kind'], posterior: number): Candidate => ({
  name: kind,
  kind,
  posterior,
  chance: 0.01,
  distance: 1,
  agrees: [],
  warnings: [],
});
const source = (change: Partial<SourceRow>): SourceRow => ({
  id: 1,
  session_id: 1,
  site_id: 1,
  azimuth_deg: 100,
  elevation_deg: 5,
  covariance_xx: 0.01,
  channels: null,
  first_seen: new Date(0),
  last_seen: new Date(1_000),
  flags: [],
  candidates: [],
  ...change,
});

test.each<[string, Partial<SourceRow>, string | undefined]>([
  ['an unknown source', {}, undefined],
  ['a known emitter', { candidates: [candidate('emitter', 0.99)] }, undefined],
  ['what may be the Sun', { candidates: [candidate('sun', 0.8)] }, undefined],
  ['the Sun near the horizon', { candidates: [candidate('sun', 0.95)] }, 'it is sun'],
  ['a high source', { elevation_deg: 15 }, 'elevation 15.0 deg is not below 15 deg'],
  ['a side lobe', { flags: ['sidelobe'] }, 'its direction is that of a side lobe'],
  ['a site without a place', { site_id: 2 }, 'site 2 has no place'],
])('%s', (_, change, reason) => {
  const site = { siteId: 1, name: 'one', latitudeDeg: 50, longitudeDeg: 8, heightM: 0 };
  const { bearings, skipped } = bearingsOfSources([source(change)], (id) => (id === 1 ? site : undefined));
  expect([bearings.length, skipped[0]?.reason]).toEqual([reason === undefined ? 1 : 0, reason]);
});
