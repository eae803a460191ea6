import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// The package @sky-scan/client as npm installs it, in a project of its own.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'clients/typescript');
const run = promisify(execFile);
const world = useGatewayWorld();
let project: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'sky-scan-consumer-'));
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(project, 'consumer.ts'), CONSUMER);
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: PACKAGE });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  // zod from the repository: the test needs no network.
  const packages = [join(project, packed?.filename ?? ''), join(ROOT, 'node_modules/zod')];
  await run('npm', ['install', '--offline', '--install-links', ...packages], { cwd: project });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('a consumer compiles, with the types of each address, and runs', async () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const compiled = await run(process.execPath, [tsc, '-p', project]).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(compiled.stdout).toBe('');
  const scan = await startTestScan(world, { rows: 1, columns: 3 });
  await scan.setStatus('running');
  await scan.measure(3);
  await scan.setStatus('completed');
  await scan.untilStatus('completed');
  const args = [join(project, 'consumer.js'), world.gateway.url, String(scan.id)];
  // Node 20 has it behind a flag.
  const flags = 'WebSocket' in globalThis ? [] : ['--experimental-websocket'];
  const { stdout } = await run(process.execPath, [...flags, ...args], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({
    sessions: [scan.id],
    seqs: [1, 2, 3],
    error: [404, 'Scan session not found'],
    topic: 'sessions/{session_id}/points',
  });
});

test('contains only the built package, and has the version and license of Sky Scan', async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], { cwd: PACKAGE });
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  const others = packed?.files
    .map(({ path }) => path)
    .filter((path) => !/^dist\/.*(\.d\.ts|\.js)$/.test(path));
  expect(others?.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;
  const [own, root] = [read('clients/typescript/package.json'), read('package.json')];
  expect([own.version, own.license, own.engines]).toEqual([root.version, root.license, root.engines]);
  expect(own.dependencies).toEqual({ zod: root.dependencies['zod'] });
});

interface Manifest {
  version: string;
  license: string;
  engines: object;
  dependencies: Record<string, string>;
}

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    // Of the declarations only what the consumer uses is checked: the rest takes 20 s.
    skipLibCheck: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom'],
    types: [],
  },
  files: ['consumer.ts'],
};

const CONSUMER = `
import { ApiError, connect, hasEnded, type DetailedPoint, type Session } from '@sky-scan/client';
import { MQTT_TOPICS, type PointMessage } from '@sky-scan/client/mqtt';

declare const process: { argv: string[] };
const [, , url = '', id = ''] = process.argv;
const sky = connect({ url });
// With the WebSocket of the browser, as by default.
connect({ url, WebSocket });

const sessions: Session[] = await sky.get('/api/skyscan/sessions?limit=3');
const points: DetailedPoint[] = [];
for await (const { point } of sky.follow(Number(id), { after: 0 })) if (point) points.push(point);
const error = await sky.get('/api/skyscan/999').catch((caught: unknown) => caught);
const seqs: PointMessage['seq'][] = points.map(({ measurement }) => measurement.seq);

console.log(JSON.stringify({
  sessions: sessions.filter(({ status }) => hasEnded(status)).map((session) => session.id),
  seqs,
  error: error instanceof ApiError ? [error.status, error.message] : error,
  topic: MQTT_TOPICS.sessionPoints.address,
}));

export async function mistakes() {
  // @ts-expect-error: not an address
  await sky.get('/api/nothing');
  // @ts-expect-error: not a number
  await sky.post('/api/skyscan/start', { rotor_id: 'one' });
  // @ts-expect-error: not a text
  const elevation: string = (await sky.get(\`/api/rotors/\${1}\`)).min_elevation;
  return elevation;
}
`;
