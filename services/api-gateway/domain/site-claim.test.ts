import { describe, expect, test } from 'vitest';
import { isConflict, mayClaim, type Candidate, type Claim } from './site-claim.ts';

const PI = { id: 'pi', run: 'pi-1' };
const RESTARTED_PI = { id: 'pi', run: 'pi-2' };
const OTHER_PI = { id: 'other', run: 'other-1' };

const claimOf = (change: Partial<Claim> = {}): Claim => ({
  gatewayId: 'one',
  gatewayRun: 'one-1',
  orchestrator: PI,
  ageMs: 3_000,
  unreachedMs: 3_000,
  ...change,
});
const candidate = (change: Partial<Candidate> = {}): Candidate => ({
  gatewayId: 'two',
  gatewayRun: 'two-1',
  orchestrator: PI,
  reaches: true,
  ...change,
});

describe('a claim is taken', () => {
  test.each<[string, Claim | undefined, Candidate, boolean]>([
    ['if there is none', undefined, candidate(), true],
    ['by its holder', claimOf(), candidate({ gatewayRun: 'one-1' }), true],
    [
      'by its holder whose orchestrator was replaced',
      claimOf(),
      candidate({ gatewayRun: 'one-1', orchestrator: OTHER_PI }),
      true,
    ],
    ['by its restarted gateway', claimOf(), candidate({ gatewayId: 'one', gatewayRun: 'one-2' }), true],
    [
      'not by a restarted gateway whose orchestrator does not answer',
      claimOf(),
      candidate({ gatewayId: 'one', gatewayRun: 'one-2', orchestrator: undefined }),
      false,
    ],
    [
      'not by a gateway of the same id with another orchestrator',
      claimOf(),
      candidate({ gatewayId: 'one', gatewayRun: 'one-2', orchestrator: OTHER_PI }),
      false,
    ],
    ['not by another gateway before the lease ends', claimOf({ ageMs: 9_999 }), candidate(), false],
    ['by another gateway when the lease has ended', claimOf({ ageMs: 10_000 }), candidate(), true],
    [
      'then also if the orchestrator was restarted',
      claimOf({ ageMs: 10_000 }),
      candidate({ orchestrator: RESTARTED_PI }),
      true,
    ],
    [
      'then also if the orchestrator does not answer',
      claimOf({ ageMs: 10_000 }),
      candidate({ orchestrator: undefined }),
      true,
    ],
    [
      'then also if the orchestrator never answered its holder',
      claimOf({ ageMs: 10_000, orchestrator: undefined }),
      candidate(),
      true,
    ],
    [
      'by a gateway that reaches the orchestrator, from one that does not',
      claimOf({ unreachedMs: 10_000 }),
      candidate(),
      true,
    ],
    ['not at once', claimOf({ unreachedMs: 9_999 }), candidate(), false],
    [
      'not by a gateway that does not reach it either',
      claimOf({ unreachedMs: 10_000 }),
      candidate({ reaches: false }),
      false,
    ],
    [
      'not by a gateway that reaches another orchestrator',
      claimOf({ unreachedMs: 10_000 }),
      candidate({ orchestrator: OTHER_PI }),
      false,
    ],
    [
      'not for another orchestrator while sessions are unfinished',
      claimOf({ ageMs: 599_999 }),
      candidate({ orchestrator: OTHER_PI }),
      false,
    ],
    [
      'for another orchestrator after 10 minutes',
      claimOf({ ageMs: 600_000 }),
      candidate({ orchestrator: OTHER_PI }),
      true,
    ],
  ])('%s', (_name, claim, by, expected) => {
    expect(mayClaim(claim, by, true)).toBe(expected);
  });

  test('for another orchestrator when the lease has ended and no session is unfinished', () => {
    expect(mayClaim(claimOf({ ageMs: 10_000 }), candidate({ orchestrator: OTHER_PI }), false)).toBe(true);
    expect(mayClaim(claimOf({ ageMs: 9_999 }), candidate({ orchestrator: OTHER_PI }), false)).toBe(false);
  });
});

describe('two orchestrators serve a site', () => {
  test.each<[string, Claim, Candidate, boolean, boolean]>([
    ['with different ids: at once', claimOf(), candidate({ orchestrator: OTHER_PI }), false, true],
    [
      'with one id, such as a copied disk: if both stay',
      claimOf(),
      candidate({ orchestrator: RESTARTED_PI }),
      true,
      true,
    ],
    ['not after a restart', claimOf(), candidate({ orchestrator: RESTARTED_PI }), false, false],
    ['not if it is the same', claimOf(), candidate(), true, false],
    [
      'not for the holder',
      claimOf(),
      candidate({ gatewayRun: 'one-1', orchestrator: OTHER_PI }),
      true,
      false,
    ],
    ['not if one is unknown', claimOf({ orchestrator: undefined }), candidate(), true, false],
    [
      'not when the lease has ended',
      claimOf({ ageMs: 10_000 }),
      candidate({ orchestrator: OTHER_PI }),
      true,
      false,
    ],
  ])('%s', (_name, claim, by, persists, expected) => {
    expect(isConflict(claim, by, persists)).toBe(expected);
  });
});
