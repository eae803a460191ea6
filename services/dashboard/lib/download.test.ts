import { afterEach, expect, test, vi } from 'vitest';
import { ApiError } from '#contract/client/api-error';
import { createApiClient } from '#contract/client/api-client';
import type { Api } from './api.ts';
import { download } from './download.ts';

// Without a document there are no links: a click is counted.

function createWorld(answers: Record<string, () => Response>) {
  const requests: string[] = [];
  const saved: string[] = [];
  vi.stubGlobal('location', new URL('http://station/#/scan'));
  vi.stubGlobal('document', {
    createElement: () => ({
      click(this: { href: string; download: string }) {
        saved.push(`${this.download} of ${this.href}`);
      },
    }),
  });
  const api = createApiClient({
    send: (path, { method = 'GET' }) => {
      requests.push(`${method} ${path}`);
      return Promise.resolve(answers[method]?.() ?? new Response(null, { status: 500 }));
    },
    unreachable: () => 'no answer',
  }) as unknown as Api;
  const get = () => download(api, { value: undefined } as never, '/api/pattern.msi', 'pattern.msi');
  return { get, requests, saved };
}

afterEach(() => vi.unstubAllGlobals());

test('a file that exists is left to the browser', async () => {
  const { get, requests, saved } = createWorld({ HEAD: () => new Response(null) });
  await get();
  expect(requests).toEqual(['HEAD /api/pattern.msi']);
  expect(saved).toEqual(['pattern.msi of http://station/api/pattern.msi']);
});

test('a refusal has the reason of the API', async () => {
  const detail = '12 of 360 degrees were not measured: say with fill_db which gain to assume';
  const { get, saved } = createWorld({
    HEAD: () => new Response(null, { status: 409 }),
    GET: () => Response.json({ detail }, { status: 409 }),
  });
  await expect(get()).rejects.toEqual(expect.objectContaining({ status: 409, message: detail }));
  await expect(get()).rejects.toBeInstanceOf(ApiError);
  expect(saved).toEqual([]);
});

test('a file that is there at the second request is saved', async () => {
  const { get, saved } = createWorld({
    HEAD: () => new Response(null, { status: 503 }),
    GET: () => new Response('NAME x'),
  });
  await get();
  expect(saved).toHaveLength(1);
});
