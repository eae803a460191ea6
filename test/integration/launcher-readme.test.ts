import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the README names every variable of every service', () => {
  const shared = ['mqtt-client', 'grpc-credentials', 'site'].map((name) => `services/shared/${name}.ts`);
  const sources = [...shared, ...configs()];
  const variables = sources.flatMap((path) =>
    [...read(path).matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name),
  );
  expect(variables.length).toBeGreaterThan(40);
  const readme = read('README.md');
  expect(variables.filter((name) => !readme.includes(`\`${name ?? ''}\``))).toEqual([]);
});

test.each([
  'README.md',
  'docs/mqtt.md',
  'docs/deploy.md',
  'docs/hardware.md',
  'docs/notes.md',
  'docs/reliability.md',
  'docs/glossary.md',
])('%s links to what exists', (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? '');
  const files = targets.filter((target) => !target.startsWith('http'));
  expect(files.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
});

function configs(): string[] {
  const files = readdirSync(join(ROOT, 'services')).map((service) => `services/${service}/config.ts`);
  return files.filter((path) => existsSync(join(ROOT, path)));
}
