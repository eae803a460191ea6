import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayWorld, type Gateway, type GatewayWorld } from '../support/gateway-harness.ts';

const SITE = { SITE_LATITUDE_DEG: '51.4779', SITE_LONGITUDE_DEG: '0' };

let world: GatewayWorld;
let somewhere: Gateway;
beforeAll(async () => {
  world = await createGatewayWorld();
  somewhere = await world.startGateway({ ...SITE, GATEWAY_ID: 'somewhere' });
});
afterAll(async () => {
  await somewhere.close();
  await world.close();
});

describe('GET /api/sky', () => {
  test('returns the positions of Sun and Moon at a time', async () => {
    const { status, body } = await somewhere.get('/api/sky?at=2026-06-21T12:01:50Z');
    expect([status, body]).toEqual([
      200,
      {
        site: { latitude_deg: 51.4779, longitude_deg: 0 },
        sun: { azimuth: expect.closeTo(180, 0) as number, elevation: expect.closeTo(61.96, 1) as number },
        moon: { azimuth: expect.any(Number) as number, elevation: expect.any(Number) as number },
        timestamp: '2026-06-21T12:01:50.000Z',
      },
    ]);
  });

  test('accepts a time with a zone', async () => {
    const [here, there] = await Promise.all([
      somewhere.get('/api/sky?at=2026-06-21T12:00:00Z'),
      somewhere.get(`/api/sky?at=${encodeURIComponent('2026-06-21T14:00:00+02:00')}`),
    ]);
    expect(there.body).toEqual(here.body);
  });

  test('uses the current time by default', async () => {
    const beforeMs = Date.now();
    const { timestamp } = (await somewhere.get('/api/sky')).body as { timestamp: string };
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(beforeMs);
    expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.now());
  });

  test('has no positions without a site', async () => {
    expect((await world.gateway.get('/api/sky?at=2026-06-21T12:00:00Z')).body).toEqual({
      site: null,
      sun: null,
      moon: null,
      timestamp: '2026-06-21T12:00:00.000Z',
    });
  });

  test.each([
    ['at=noon', ['query', 'at'], /^Must be a time/],
    ['at=2026-06-21T12:00:00', ['query', 'at'], /^Must be a time/],
    ['at=1066-10-14T09:00:00Z', ['query', 'at'], /1900\.\.2100/],
    ['at=', ['query', 'at'], /^Must be a time/],
    ['at=2026-06-21T12:00:00Z&at=2026-06-21T12:00:00Z', ['query', 'at'], /./],
    ['when=now', ['query', 'when'], /^Unknown field/],
  ])('refuses ?%s', async (query, loc, msg) => {
    const { status, body } = await somewhere.get(`/api/sky?${query}`);
    const { detail } = body as { detail: { loc: string[]; msg: string }[] };
    expect([status, detail[0]?.loc]).toEqual([422, loc]);
    expect(detail[0]?.msg).toMatch(msg);
  });

  test('allows only GET and HEAD', async () => {
    expect((await world.gateway.post('/api/sky')).status).toBe(405);
  });
});
