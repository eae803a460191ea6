import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LeaseManager } from './rotor-lease.ts';

const MOVE = { name: 'a manual move' };
const SESSION = { name: 'session 4', sessionId: 4 };
const REVOKED = { reason: 'stopped by request', mayReacquire: false };
const LOST = { kind: 'lease_lost', message: 'the holder disconnected' };

let stops: string[];
let leases: LeaseManager;

beforeEach(() => {
  vi.useFakeTimers();
  stops = [];
  leases = new LeaseManager((reason) => void stops.push(reason));
});
afterEach(() => void vi.useRealTimers());

describe('a lease for the duration of a call', () => {
  test('needs no heartbeats', () => {
    const { over } = leases.grantForCall(MOVE, new AbortController().signal);
    vi.advanceTimersByTime(3_600_000);
    expect(over.aborted).toBe(false);
    expect(leases.holder).toBe(MOVE);
    expect(stops).toEqual([]);
  });

  test('ends with the call, and the rotor stops', () => {
    const call = new AbortController();
    const { over } = leases.grantForCall(MOVE, call.signal);
    call.abort();
    expect(over.reason).toMatchObject(LOST);
    expect(leases.holder).toBeUndefined();
    expect(stops).toEqual(['the holder disconnected']);
  });

  test.each([
    ['released', (lease: { release(): void }) => lease.release()],
    ['revoked', () => leases.revoke(REVOKED)],
  ])('that was %s does not stop the rotor at the end of the call', (_, end) => {
    const call = new AbortController();
    const lease = leases.grantForCall(MOVE, call.signal);
    end(lease);
    expect(lease.over.aborted).toBe(true);
    const next = leases.grantForCall(MOVE, new AbortController().signal);
    call.abort();
    lease.release();
    expect(next.over.aborted).toBe(false);
    expect(stops).toEqual([]);
  });

  test('is not granted to a call that has ended', () => {
    expect(() => leases.grantForCall(MOVE, AbortSignal.abort())).toThrow();
    expect(leases.holder).toBeUndefined();
  });

  test('is not granted while a session holds the rotor, which the end of the call does not affect', () => {
    const { over } = leases.grant(7, SESSION);
    const call = new AbortController();
    expect(() => leases.grantForCall(MOVE, call.signal)).toThrow('the rotor is held by session 4');
    call.abort();
    expect(over.aborted).toBe(false);
    expect(stops).toEqual([]);
  });

  test('excludes a session, and no token of a command is valid under it', () => {
    leases.grantForCall(MOVE, new AbortController().signal);
    expect(() => leases.grant(7, SESSION)).toThrow('the rotor is held by a manual move');
    fc.assert(
      fc.property(fc.maxSafeNat(), (token) => {
        expect(() => leases.require(token)).toThrow(`token ${token} is no longer valid`);
      }),
    );
  });
});

test('the lease of a session ends without heartbeats, also after a call', () => {
  leases.grantForCall(MOVE, new AbortController().signal).release();
  const lease = leases.grant(7, SESSION);
  vi.advanceTimersByTime(2_000);
  lease.heartbeat();
  vi.advanceTimersByTime(2_900);
  expect(leases.require(7)).toBe(lease.over);
  vi.advanceTimersByTime(200);
  expect(lease.over.reason).toMatchObject({ message: 'no heartbeat for 3 s' });
  expect(stops).toEqual(['no heartbeat for 3 s']);
});

type Step = 'call' | 'session' | 'end of the call' | 'release' | 'revoke' | 'silence';

test('at most one holder at a time; a lost holder stops the rotor once, an orderly end never', () => {
  const steps = fc.array(
    fc.constantFrom<Step>('call', 'session', 'end of the call', 'release', 'revoke', 'silence'),
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      stops = [];
      leases = new LeaseManager((reason) => void stops.push(reason));
      let token = 0;
      let holder: Step | undefined;
      let call = new AbortController();
      let release: () => void = () => undefined;
      let expectedStops = 0;
      for (const step of sequence) {
        if (step === 'call' || step === 'session') {
          const next = new AbortController();
          const grant = () =>
            step === 'call' ? leases.grantForCall(MOVE, next.signal) : leases.grant(++token, SESSION);
          if (holder) expect(grant).toThrow('the rotor is held by');
          else {
            ({ release } = grant());
            call = next;
            holder = step;
          }
          continue;
        }
        if (step === 'release') release();
        if (step === 'revoke') leases.revoke(REVOKED);
        if (step === 'end of the call') call.abort();
        if (step === 'silence') vi.advanceTimersByTime(10_000);
        const isLost =
          (step === 'end of the call' && holder === 'call') || (step === 'silence' && holder === 'session');
        if (isLost) expectedStops++;
        if (isLost || step === 'release' || step === 'revoke') holder = undefined;
        expect(leases.holder !== undefined).toBe(holder !== undefined);
        expect(stops).toHaveLength(expectedStops);
      }
      leases.revoke(REVOKED);
    }),
  );
});
