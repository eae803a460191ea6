import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertRuleRequestSchema, type AlertRuleRequest } from '#contract/rest/alerts';
import { decide, type Decision, type KnownAlert } from './decide.ts';
import type { Sighting } from './rule-filter.ts';

const HOUR_MS = 3_600_000;
const NIGHT = alertRuleRequestSchema.parse({ name: 'All changes' });

let ids = 0;
function seen(azimuthDeg: number, more: Partial<Sighting> = {}): Sighting {
  return {
    anomalyId: ++ids,
    kind: 'new',
    azimuthDeg,
    elevationDeg: 20,
    errorDeg: 0.2,
    from: undefined,
    channels: [{ from_hz: 868.2e6, to_hz: 868.4e6 }],
    z: 6,
    changeDb: 3,
    name: undefined,
    isKnown: false,
    catalogueId: undefined,
    ...more,
  };
}

/** Alerts over sessions, kept as the store keeps them. */
class Watch {
  readonly alerts: (KnownAlert & { sessions: number })[] = [];
  readonly #earlier: Sighting[][] = [];
  readonly #rule: AlertRuleRequest;
  nowMs = 0;

  constructor(rule: Partial<AlertRuleRequest> = {}) {
    this.#rule = { ...NIGHT, ...rule };
  }

  /** A session an hour later; `!` after a type: it is sent. */
  session(
    found: Sighting[],
    more: { isComplete?: boolean; isFresh?: boolean; hours?: number } = {},
  ): string[] {
    const { isComplete = true, isFresh = true, hours = 1 } = more;
    this.nowMs += hours * HOUR_MS;
    const decisions = decide({
      rule: this.#rule,
      alerts: this.alerts,
      found,
      earlier: this.#earlier,
      isComplete,
      isFresh,
      beamWidthDeg: 6,
      nowMs: this.nowMs,
    });
    for (const decision of decisions) this.#apply(decision);
    this.#earlier.unshift(found);
    return decisions.map((decision) => decision.type + ('isSent' in decision && decision.isSent ? '!' : ''));
  }

  alert(index = 0): KnownAlert & { sessions: number } {
    const alert = this.alerts[index];
    if (!alert) throw new Error(`no alert ${index}`);
    return alert;
  }

  #apply(decision: Decision): void {
    if (decision.type === 'raise') {
      const { sighting, isSent } = decision;
      const state = {
        raisedMs: this.nowMs,
        silentUntilMs: undefined,
        sessionsWithout: 0,
        sessions: decision.seen,
      };
      this.alerts.push({
        ...sighting,
        ...state,
        id: this.alerts.length,
        status: 'open',
        isAnnounced: isSent,
      });
      return;
    }
    const alert = this.alert(decision.alertId);
    if (decision.type === 'clear') alert.status = 'cleared';
    else if (decision.type === 'miss') alert.sessionsWithout++;
    else {
      Object.assign(alert, decision.sighting, { sessionsWithout: 0, sessions: alert.sessions + 1 });
      if (decision.type === 'return') Object.assign(alert, { status: 'open', isAnnounced: false });
      else alert.isAnnounced ||= decision.isSent;
    }
  }
}

describe('when an alert is raised', () => {
  test.each<[string, boolean[], string[][]]>([
    ['in two sessions in a row', [true, true], [[], ['raise!']]],
    ['with a gap of one', [true, false, true], [[], [], ['raise!']]],
    ['not with a gap of two', [true, false, false, true], [[], [], [], []]],
    ['but then with the next one', [true, false, false, true, true], [[], [], [], [], ['raise!']]],
    ['not of a single session', [false, true, false, false], [[], [], [], []]],
  ])('%s', (_, sessions, decisions) => {
    const watch = new Watch();
    expect(sessions.map((isThere) => watch.session(isThere ? [seen(100)] : []))).toEqual(decisions);
  });

  test('at once above 8 sigma, also of a source that is gone', () => {
    expect(new Watch().session([seen(100, { z: 8 })])).toEqual([]);
    expect(new Watch().session([seen(100, { z: 8.1 })])).toEqual(['raise!']);
    expect(new Watch().session([seen(100, { kind: 'gone', z: -9, changeDb: -4 })])).toEqual(['raise!']);
  });

  test('not of a session that is long past, but as soon as a new one has it', () => {
    const watch = new Watch();
    expect(watch.session([seen(100, { z: 9 })], { isFresh: false })).toEqual(['raise']);
    expect(watch.session([seen(100)], { hours: 7 })).toEqual(['continue!']);
    expect(watch.session([seen(100)])).toEqual(['continue']);
  });

  test.each<[string, Partial<AlertRuleRequest>, Partial<Sighting>, boolean]>([
    ['other kinds', { kinds: ['gone'] }, {}, false],
    ['its kind', { kinds: ['new', 'no_data'] }, {}, true],
    ['a low z', { min_z: 9.5 }, {}, false],
    ['a small change', { min_change_db: 3.5 }, {}, false],
    ['the change of a source that has moved', { min_change_db: 3.5 }, { kind: 'moved' }, true],
    ['a known source', {}, { isKnown: true }, false],
    ['a known source that is not muted', { mute_known: false }, { isKnown: true }, true],
    ['another band', { band: { from_hz: 433e6, to_hz: 435e6 } }, {}, false],
    ['a band that touches', { band: { from_hz: 868.4e6, to_hz: 870e6 } }, {}, false],
    ['a common band', { band: { from_hz: 868.3e6, to_hz: 870e6 } }, {}, true],
    ['a sector', { sector: sector(90, 110) }, {}, true],
    ['the ends of a sector', { sector: sector(100, 100) }, {}, true],
    ['outside of a sector', { sector: sector(101, 99.5) }, {}, false],
    ['a sector over north', { sector: sector(350, 110) }, {}, true],
    ['north in a sector over north', { sector: sector(350, 10) }, { azimuthDeg: 359.9 }, true],
    ['azimuths below zero', { sector: sector(350, 10) }, { azimuthDeg: -3 }, true],
    ['the whole horizon', { sector: sector(0, 360) }, {}, true],
    ['too high', { sector: sector(90, 110, 0, 19) }, {}, false],
  ])('%s', (_, rule, sighting, isRaised) => {
    const found = new Watch(rule).session([seen(100, { z: 9, ...sighting })]);
    expect(found).toEqual(isRaised ? ['raise!'] : []);
  });
});

function sector(azimuth_from_deg: number, azimuth_to_deg: number, low = -5, high = 90) {
  return { azimuth_from_deg, azimuth_to_deg, elevation_from_deg: low, elevation_to_deg: high };
}

describe('what is one source', () => {
  const pair = (first: Sighting, second: Sighting) => {
    const watch = new Watch({ immediate_z: 1_000 });
    watch.session([first]);
    return watch.session([second]).length === 1;
  };
  test.each<[string, Sighting, Sighting, boolean]>([
    ['within half a beam', seen(100), seen(103), true],
    ['beyond half a beam', seen(100), seen(103.5), false],
    ['beyond it, within the errors', seen(100, { errorDeg: 1 }), seen(103.5, { errorDeg: 0.8 }), true],
    ['beyond a beam, whatever the errors', seen(100, { errorDeg: 9 }), seen(107, { errorDeg: 9 }), false],
    ['across north', seen(359), seen(1), true],
    ['with azimuths past a turn', seen(-1), seen(359.5), true],
    [
      'near the zenith, where azimuths mean little',
      seen(0, { elevationDeg: 89.5 }),
      seen(180, { elevationDeg: 89.5 }),
      true,
    ],
    ['on other channels', seen(100), seen(100, { channels: [{ from_hz: 433e6, to_hz: 434e6 }] }), false],
    ['brighter, then fainter', seen(100, { kind: 'brighter' }), seen(100, { kind: 'fainter' }), true],
    ['fainter, then gone', seen(100, { kind: 'fainter' }), seen(100, { kind: 'gone' }), true],
    ['new, then brighter', seen(100), seen(100, { kind: 'brighter' }), false],
    [
      'moved on, from the same place',
      seen(110, { kind: 'moved', from: { azimuthDeg: 100, elevationDeg: 20 } }),
      seen(130, { kind: 'moved', from: { azimuthDeg: 100.5, elevationDeg: 20 } }),
      true,
    ],
    [
      'moved, from different places',
      seen(110, { kind: 'moved', from: { azimuthDeg: 100, elevationDeg: 20 } }),
      seen(110, { kind: 'moved', from: { azimuthDeg: 120, elevationDeg: 20 } }),
      false,
    ],
  ])('%s', (_, first, second, isOne) => {
    expect(pair(first, second)).toBe(isOne);
    expect(pair(second, first)).toBe(isOne);
  });

  test('two sources near each other have an alert each and keep it', () => {
    const watch = new Watch();
    const [a, b] = [() => seen(100, { z: 9 }), () => seen(102.4, { z: 9 })];
    expect(watch.session([a(), b()])).toEqual(['raise!', 'raise!']);
    expect(watch.session([b(), a()])).toEqual(['continue', 'continue']);
    expect(watch.alerts.map(({ azimuthDeg }) => azimuthDeg)).toEqual([100, 102.4]);
    for (let i = 0; i < 2; i++) expect(watch.session([b()])).toEqual(['miss', 'continue']);
    expect(watch.session([b()])).toEqual(['clear!', 'continue']);
    expect(watch.alerts.map(({ status }) => status)).toEqual(['cleared', 'open']);
  });

  test('a source with an alert does not count for a weak one beside it', () => {
    const watch = new Watch();
    watch.session([seen(100, { z: 9 })]);
    watch.session([seen(100)]);
    expect(watch.session([seen(100), seen(102)])).toEqual(['continue']);
    expect(watch.session([seen(100), seen(102)])).toEqual(['continue', 'raise!']);
  });

  test('one source that wanders slowly keeps its alert', () => {
    const watch = new Watch();
    watch.session([seen(350, { z: 9 })]);
    for (let azimuthDeg = 352; azimuthDeg < 372; azimuthDeg += 2)
      expect(watch.session([seen(azimuthDeg % 360)])).toEqual(['continue']);
  });
});

describe('when an alert is cleared', () => {
  test('after three sessions in a row without it', () => {
    const watch = new Watch();
    watch.session([seen(100, { z: 9 })]);
    const sessions = [false, false, true, false, false, false].map((isThere) =>
      watch.session(isThere ? [seen(100)] : []),
    );
    expect(sessions).toEqual([['miss'], ['miss'], ['continue'], ['miss'], ['miss'], ['clear!']]);
    expect(watch.session([])).toEqual([]);
  });

  test('a session that is not complete shows nothing about what it lacks', () => {
    const watch = new Watch({ clear_after: 1 });
    watch.session([seen(100, { z: 9 })]);
    expect(watch.session([], { isComplete: false })).toEqual([]);
    expect(watch.session([])).toEqual(['clear!']);
  });

  test('at once when its source is marked as known', () => {
    const watch = new Watch();
    watch.session([seen(100, { z: 9 })]);
    expect(watch.session([seen(100, { z: 9, isKnown: true })])).toEqual(['clear!']);
    expect(watch.session([seen(100, { z: 9, isKnown: true })])).toEqual([]);
  });

  test('an acknowledged alert stays so until it is cleared', () => {
    const watch = new Watch();
    watch.session([seen(100, { z: 9 })]);
    watch.alert().status = 'acknowledged';
    for (let i = 0; i < 10; i++) expect(watch.session([seen(100, { z: 9 })])).toEqual(['continue']);
    expect(watch.alert().status).toBe('acknowledged');
    for (let i = 0; i < 3; i++) watch.session([]);
    expect(watch.alert().status).toBe('cleared');
    expect(watch.session([seen(100, { z: 9 })])).toEqual(['raise!']);
  });
});

describe('what is not sent again', () => {
  test('a source that comes back within 6 h opens its alert again, silently, and is sent when it stays', () => {
    const watch = new Watch({ clear_after: 1, raise_seen: 1 });
    expect(watch.session([seen(100)])).toEqual(['raise!']);
    expect(watch.session([])).toEqual(['clear!']);
    expect(watch.session([seen(100)])).toEqual(['return']);
    expect(watch.alert().status).toBe('open');
    expect(watch.session([])).toEqual(['clear']);
    expect(watch.session([seen(100)])).toEqual(['return']);
    expect(watch.session([seen(100)])).toEqual(['continue']);
    expect(watch.session([seen(100)])).toEqual(['continue!']);
    expect(watch.alerts).toHaveLength(1);
  });

  test('a source that flaps every hour for two days is sent once in 6 h', () => {
    const watch = new Watch({ clear_after: 1, raise_seen: 1 });
    const raised: number[] = [];
    for (let hour = 0; hour < 48; hour++) {
      const sent = watch.session(hour % 2 === 0 ? [seen(100)] : []);
      if (sent.includes('raise!') || sent.includes('continue!')) raised.push(hour);
    }
    expect(raised).toEqual([0, 6, 12, 18, 24, 30, 36, 42]);
  });

  test('a source that is silenced for 7 days, and afterwards', () => {
    const watch = new Watch({ clear_after: 1, raise_seen: 1 });
    watch.session([seen(100)]);
    watch.alert().silentUntilMs = watch.nowMs + 168 * HOUR_MS;
    expect(watch.session([], { hours: 24 })).toEqual(['clear']);
    expect(watch.session([seen(100)], { hours: 24 })).toEqual(['return']);
    expect(watch.session([seen(100)], { hours: 24 })).toEqual(['continue']);
    expect(watch.session([seen(100)], { hours: 96 })).toEqual(['continue!']);
  });
});

test('whatever is seen, every alert and every source gets one decision at most', () => {
  const sightings = fc.array(
    fc.record({ azimuthDeg: fc.integer({ min: 0, max: 359 }), z: fc.integer({ min: 3, max: 12 }) }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.array(sightings, { maxLength: 12 }), (sessions) => {
      const watch = new Watch();
      for (const session of sessions) {
        const found = session.map(({ azimuthDeg, z }) => seen(azimuthDeg, { z }));
        const openBefore = watch.alerts.filter(({ status }) => status !== 'cleared').length;
        const decisions = watch.session(found);
        const loud = found.filter(({ z }) => z >= 5).length;
        const news = decisions.filter((type) => /^(raise|return)/.test(type)).length;
        expect(decisions.length - news).toBe(openBefore);
        expect(decisions.filter((type) => /^(raise|return|continue)/.test(type)).length).toBeLessThanOrEqual(
          loud,
        );
      }
    }),
    { numRuns: 300, seed: 7 },
  );
});
