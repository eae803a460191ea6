import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { splitAddress } from '../base/address.ts';
import { addressVariable, loadConfig, portVariable } from './env.ts';

const schema = z.object({
  PORT: portVariable.default(8080),
  KEY: z.string().min(8).optional(),
  PEER: addressVariable,
});

test('defaults apply, empty variables count as missing', () => {
  expect(loadConfig(schema, { PEER: 'pi:50051', KEY: '' })).toEqual({ PORT: 8080, PEER: 'pi:50051' });
});

test('all problems are reported together, without the values', () => {
  const wrong = { PORT: '70000', KEY: 'secret', PEER: 'pi' };
  expect(() => loadConfig(schema, wrong)).toThrow(
    /3 problem\(s\): PORT: .*; KEY: .*; PEER: must look like host:port/,
  );
  expect(() => loadConfig(schema, wrong)).not.toThrow(/secret/);
});

test('a secret may come from a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'key'), 'from-a-file\n');
  const env = { PEER: 'pi:1', KEY_FILE: join(folder, 'key') };
  expect(loadConfig(schema, env).KEY).toBe('from-a-file');
  expect(() => loadConfig(schema, { ...env, KEY_FILE: join(folder, 'missing') })).toThrow(/KEY_FILE: ENOENT/);
});

test.each([
  ['pi.local:4533', { host: 'pi.local', port: 4533 }],
  ['[::1]:4533', { host: '::1', port: 4533 }],
])('%s is split', (address, parts) => {
  expect(splitAddress(address)).toEqual(parts);
});
