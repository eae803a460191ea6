import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '#contract/rest/routes';
import { type Answer } from '../support/gateway-harness.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, { properties?: object }> };
}

/** The methods of each path in the route table, sorted. */
function methodsByPath(): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const name of Object.keys(ROUTES).sort()) {
    const [method = '', path = ''] = name.split(' ');
    paths.set(path, [...(paths.get(path) ?? []), method]);
  }
  return paths;
}

const world = useGatewayWorld();
let scan: TestScan;
let document: Document;

beforeAll(async () => {
  scan = await startTestScan(world);
  await scan.setStatus('running');
  await scan.measure(3);
  await scan.untilStored(3);
  document = (await world.gateway.get('/api/openapi.json')).body as Document;
});

describe('the OpenAPI document', () => {
  test('is 3.1 and has every endpoint', () => {
    expect(document.openapi).toBe('3.1.0');
    const endpoints = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(endpoints.sort()).toEqual([
      'delete /api/alert-channels/{channel_id}',
      'delete /api/alert-rules/{rule_id}',
      'delete /api/baselines/{baseline_id}',
      'delete /api/emitters',
      'delete /api/receivers/{name}/calibrations/{calibration_id}',
      'delete /api/rotors/{rotor_id}',
      'delete /api/rotors/{rotor_id}/beam',
      'delete /api/rotors/{rotor_id}/calibrate-pointing',
      'delete /api/rotors/{rotor_id}/pointing',
      'delete /api/rotors/{rotor_id}/pointing/observations/{observation_id}',
      'delete /api/satellites/elements',
      'delete /api/satellites/frequencies',
      'delete /api/schedules/{schedule_id}',
      'delete /api/sites/{site_id}',
      'delete /api/skyscan/{session_id}',
      'delete /api/skyscan/{session_id}/sources/searches',
      'delete /api/sources/{source_id}/merged/{other_id}',
      'get /api/alert-channels',
      'get /api/alert-channels/{channel_id}',
      'get /api/alert-deliveries',
      'get /api/alert-rules',
      'get /api/alert-rules/{rule_id}',
      'get /api/alerts',
      'get /api/alerts/{alert_id}',
      'get /api/alerts/{alert_id}/events',
      'get /api/baselines',
      'get /api/baselines/{baseline_id}',
      'get /api/baselines/{baseline_id}/cells',
      'get /api/baselines/{baseline_id}/map.png',
      'get /api/baselines/{baseline_id}/sessions',
      'get /api/bearings/places',
      'get /api/characteristics',
      'get /api/emitters',
      'get /api/health',
      'get /api/ready',
      'get /api/receivers',
      'get /api/receivers/{name}',
      'get /api/receivers/{name}/calibrations',
      'get /api/receivers/{name}/calibrations/{calibration_id}',
      'get /api/rotors',
      'get /api/rotors/{rotor_id}',
      'get /api/rotors/{rotor_id}/beam',
      'get /api/rotors/{rotor_id}/beam/table',
      'get /api/rotors/{rotor_id}/characteristics',
      'get /api/rotors/{rotor_id}/pointing',
      'get /api/rotors/{rotor_id}/position',
      'get /api/rotors/{rotor_id}/test',
      'get /api/rotors/{rotor_id}/turn',
      'get /api/satellites',
      'get /api/schedules',
      'get /api/schedules/{schedule_id}',
      'get /api/schedules/{schedule_id}/levels',
      'get /api/schedules/{schedule_id}/runs',
      'get /api/schedules/{schedule_id}/timelapse',
      'get /api/schedules/{schedule_id}/timelapse-strip.png',
      'get /api/schedules/{schedule_id}/timelapse.gif',
      'get /api/schedules/{schedule_id}/upcoming',
      'get /api/sites',
      'get /api/sites/{site_id}',
      'get /api/sky',
      'get /api/skyscan/sessions',
      'get /api/skyscan/{session_id}',
      'get /api/skyscan/{session_id}/anomalies',
      'get /api/skyscan/{session_id}/anomalies/map',
      'get /api/skyscan/{session_id}/anomalies/map.png',
      'get /api/skyscan/{session_id}/band',
      'get /api/skyscan/{session_id}/comparisons',
      'get /api/skyscan/{session_id}/data',
      'get /api/skyscan/{session_id}/export.csv',
      'get /api/skyscan/{session_id}/export.fits',
      'get /api/skyscan/{session_id}/export.healpix',
      'get /api/skyscan/{session_id}/export.parquet',
      'get /api/skyscan/{session_id}/interference',
      'get /api/skyscan/{session_id}/interference/searches',
      'get /api/skyscan/{session_id}/map.png',
      'get /api/skyscan/{session_id}/measurements',
      'get /api/skyscan/{session_id}/overlays',
      'get /api/skyscan/{session_id}/pattern',
      'get /api/skyscan/{session_id}/pattern.csv',
      'get /api/skyscan/{session_id}/pattern.msi',
      'get /api/skyscan/{session_id}/pattern.nsma',
      'get /api/skyscan/{session_id}/pattern.png',
      'get /api/skyscan/{session_id}/pattern.splat.az',
      'get /api/skyscan/{session_id}/pattern.splat.el',
      'get /api/skyscan/{session_id}/pattern/comparison',
      'get /api/skyscan/{session_id}/plan',
      'get /api/skyscan/{session_id}/sources',
      'get /api/skyscan/{session_id}/sources/searches',
      'get /api/skyscan/{session_id}/spectrum',
      'get /api/skyscan/{session_id}/waterfall',
      'get /api/sources',
      'get /api/sources/{source_id}',
      'get /api/sources/{source_id}/sightings',
      'post /api/alert-channels',
      'post /api/alert-channels/{channel_id}/test',
      'post /api/alert-rules',
      'post /api/alerts/{alert_id}/acknowledge',
      'post /api/alerts/{alert_id}/known',
      'post /api/alerts/{alert_id}/reopen',
      'post /api/alerts/{alert_id}/silence',
      'post /api/baselines',
      'post /api/bearings/solve',
      'post /api/receivers/{name}/calibrate',
      'post /api/rotors',
      'post /api/rotors/{rotor_id}/calibrate-pointing',
      'post /api/rotors/{rotor_id}/characterise',
      'post /api/rotors/{rotor_id}/move',
      'post /api/rotors/{rotor_id}/park',
      'post /api/rotors/{rotor_id}/record',
      'post /api/rotors/{rotor_id}/stop',
      'post /api/rotors/{rotor_id}/turn',
      'post /api/schedules',
      'post /api/schedules/{schedule_id}/pause',
      'post /api/schedules/{schedule_id}/resume',
      'post /api/schedules/{schedule_id}/run',
      'post /api/sites',
      'post /api/skyscan/preview',
      'post /api/skyscan/start',
      'post /api/skyscan/{session_id}/anomalies',
      'post /api/skyscan/{session_id}/cancel',
      'post /api/skyscan/{session_id}/interference/searches',
      'post /api/skyscan/{session_id}/pattern/comparison',
      'post /api/skyscan/{session_id}/pause',
      'post /api/skyscan/{session_id}/resume',
      'post /api/skyscan/{session_id}/sources',
      'put /api/alert-channels/{channel_id}',
      'put /api/alert-rules/{rule_id}',
      'put /api/baselines/{baseline_id}',
      'put /api/baselines/{baseline_id}/sessions/{session_id}',
      'put /api/emitters',
      'put /api/rotors/{rotor_id}',
      'put /api/rotors/{rotor_id}/beam',
      'put /api/rotors/{rotor_id}/pointing',
      'put /api/satellites/elements',
      'put /api/satellites/frequencies',
      'put /api/schedules/{schedule_id}',
      'put /api/sites/{site_id}',
      'put /api/sources/{source_id}',
      'put /api/sources/{source_id}/merged/{other_id}',
    ]);
  });

  test('has the operations of the route table, which types the clients, and no others', () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual(Object.keys(ROUTES).sort());
  });

  test.each([...methodsByPath()])('%s is served with the methods %j', async (path, methods) => {
    // No route accepts PATCH; the answer lists the methods that it accepts.
    const answer = await world.gateway.request(path.replace(/\{\w+\}/g, '1'), { method: 'PATCH' });
    const allowed = String(answer.headers['allow'])
      .split(', ')
      .filter((method) => method !== 'HEAD');
    expect([answer.status, allowed.sort()]).toEqual([405, methods]);
  });

  test('has the label and the unit of every field that a form can show', () => {
    const properties = (name: string) =>
      (document.components.schemas[name]?.properties ?? {}) as Record<string, Record<string, unknown>>;
    expect(properties('ScanRequest')['step_deg']).toMatchObject({ 'x-label': 'Step', 'x-unit': 'deg' });
    expect(properties('NewRotor')['el_speed_deg_s']).toMatchObject({
      'x-label': 'Elevation speed',
      'x-unit': 'deg/s',
    });
    for (const name of ['ScanRequest', 'ReferencePointing', 'NewRotor', 'CalibrationRequest'])
      for (const [field, property] of Object.entries(properties(name)))
        if (property['type'] === 'number')
          expect([field, property['x-label']]).toEqual([field, expect.any(String)]);
  });

  test('has the published defaults', () => {
    expect(document.components.schemas['ScanRequest']?.properties).toMatchObject({
      az_start: { type: 'number', default: 0 },
      az_end: { default: 360 },
      el_start: { default: 18 },
      el_end: { default: 65 },
      step_deg: { default: 2 },
      rssi_iterations: { type: 'integer', default: 10 },
    });
  });

  test('matches the real responses', async () => {
    const { gateway } = world;
    const rotor = `/api/rotors/${scan.rotorId}`;
    const session = `/api/skyscan/${scan.id}`;
    const start = { rotor_id: scan.rotorId };
    const calibration = { level_dbm: -50, gain_db: 29.7 };
    const calibrated = await gateway.post('/api/receivers/default/calibrate', calibration);
    const answers: [string, string, Answer][] = [
      ['post', '/api/receivers/{name}/calibrate', calibrated],
      ['get', '/api/receivers', await gateway.get('/api/receivers')],
      ['get', '/api/receivers/{name}', await gateway.get('/api/receivers/nobody')],
      ['get', '/api/receivers/{name}/calibrations', await gateway.get('/api/receivers/default/calibrations')],
      ['get', '/api/skyscan/sessions', await gateway.get('/api/skyscan/sessions')],
      ['post', '/api/skyscan/start', await gateway.post('/api/skyscan/start', start)],
      ['post', '/api/skyscan/start', await gateway.post('/api/skyscan/start', {})],
      ['post', '/api/skyscan/preview', await gateway.post('/api/skyscan/preview', start)],
      ['get', '/api/skyscan/{session_id}', await gateway.get(session)],
      ['get', '/api/skyscan/{session_id}', await gateway.get('/api/skyscan/0')],
      ['get', '/api/skyscan/{session_id}/data', await gateway.get(`${session}/data`)],
      ['get', '/api/skyscan/{session_id}/measurements', await gateway.get(`${session}/measurements`)],
      ['get', '/api/skyscan/{session_id}/plan', await gateway.get(`${session}/plan`)],
      ['post', '/api/skyscan/{session_id}/resume', await gateway.post(`${session}/resume`)],
      ['post', '/api/skyscan/{session_id}/pause', await gateway.post(`${session}/pause`)],
      ['get', '/api/rotors', await gateway.get('/api/rotors')],
      ['get', '/api/rotors/{rotor_id}', await gateway.get(rotor)],
      ['put', '/api/rotors/{rotor_id}', await gateway.request(rotor, { method: 'PUT', body: { port: 1 } })],
      ['get', '/api/rotors/{rotor_id}/test', await gateway.get(`${rotor}/test`)],
      ['get', '/api/rotors/{rotor_id}/position', await gateway.get(`${rotor}/position`)],
      ['get', '/api/rotors/{rotor_id}/characteristics', await gateway.get(`${rotor}/characteristics`)],
      ['get', '/api/characteristics', await gateway.get('/api/characteristics')],
      ['get', '/api/characteristics', await gateway.get('/api/characteristics?rotor_id=x')],
      ['get', '/api/rotors/{rotor_id}/turn', await gateway.get(`${rotor}/turn`)],
      ['post', '/api/rotors/{rotor_id}/stop', await gateway.post(`${rotor}/stop`)],
      ['get', '/api/sky', await gateway.get('/api/sky')],
      ['get', '/api/sky', await gateway.get('/api/sky?at=noon')],
      ['get', '/api/satellites', await gateway.get('/api/satellites')],
      ['get', '/api/emitters', await gateway.get('/api/emitters')],
      ['get', '/api/health', await gateway.get('/api/health')],
      ['get', '/api/ready', await gateway.get('/api/ready')],
    ];
    for (const [method, path, answer] of answers) {
      const response = document.paths[path]?.[method]?.responses[String(answer.status)];
      const schema = response?.content?.['application/json']?.schema;
      expect(schema, `${method} ${path} ${answer.status}`).toBeDefined();
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      const validate = ajv.compile({ ...schema, components: document.components });
      expect([method, path, validate(answer.body), validate.errors]).toEqual([method, path, true, null]);
    }
  });
});

describe('pages', () => {
  test('/docs needs no scripts and no other host', async () => {
    const { status, headers, text } = await world.gateway.get('/docs');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    // Addresses may be values of fields, never of attributes.
    expect(text).not.toMatch(/<script|\sstyle=|\son\w+=|="?https?:\/\/|url\(/);
  });

  test('/docs lists every operation and object', async () => {
    const { text } = await world.gateway.get('/docs');
    for (const path of Object.keys(document.paths)) expect(text).toContain(`<code>${path}</code>`);
    for (const name of Object.keys(document.components.schemas))
      expect(text).toContain(`id="schema-${name}"`);
    expect((await world.gateway.get('/docs/style.css')).headers['content-type']).toBe(
      'text/css; charset=utf-8',
    );
  });
});
