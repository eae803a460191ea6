import { expect, test } from 'vitest';
import { connectionText } from './connection-text.ts';

type View = NonNullable<Parameters<typeof connectionText>[0]>;
const live: View = { phase: 'live', statusText: 'Live', session: { status: 'running' } };

test.each<[string, Parameters<typeof connectionText>, string | undefined]>([
  ['no view yet', [undefined, true, undefined], undefined],
  ['a session that loads', [{ ...live, phase: 'loading', statusText: '40 %' }, false, undefined], '40 %'],
  ['points arrive', [live, true, undefined], 'Live'],
  ['the session waits', [{ ...live, session: { status: 'paused' } }, true, undefined], 'Connected'],
  ['the server cannot be reached', [live, false, { effect: 'late' }], ''],
  ['points are late', [live, true, { effect: 'late' }], 'Connected, points delayed'],
  ['points are missing', [live, true, { effect: 'unknown' }], 'Connected, no points'],
  ['the hardware has a fault', [{ ...live, plan: { fault: {} } }, true, undefined], 'Connected, no points'],
])('%s', (_, given, text) => expect(connectionText(...given)).toBe(text));
