import { expect, test } from 'vitest';
import { loadConfig } from '#shared/runtime/env';
import { configSchema } from './config.ts';

test.each([10080, 6000, 6667, 22])('HTTP_PORT=%i is refused: browsers and fetch do not open it', (port) => {
  expect(() => loadConfig(configSchema, { HTTP_PORT: String(port) })).toThrow(
    /HTTP_PORT.*is a port that browsers refuse to open/,
  );
});

test.each([8080, 80, 443, 10081])('HTTP_PORT=%i is taken', (port) => {
  expect(loadConfig(configSchema, { HTTP_PORT: String(port) }).HTTP_PORT).toBe(port);
});
