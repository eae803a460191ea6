import { expect, test } from 'vitest';
import { alertRuleRequestSchema, type AlertRule } from '#contract/rest/alerts';
import { ruleForm, ruleText, toRule } from './rule-form.ts';

const RULE: AlertRule = {
  id: 3,
  ...alertRuleRequestSchema.parse({ name: 'Roof' }),
  created_at: '2026-03-01T00:00:00Z',
};

test('a new rule has the defaults of the API', () => {
  const { id: _, created_at: __, ...defaults } = RULE;
  expect(toRule({ ...ruleForm(), name: 'Roof' })).toEqual(defaults);
});

test('a rule survives its form', () => {
  const rule: AlertRule = {
    ...RULE,
    schedule_id: 4,
    kinds: ['gone', 'no_data'],
    sector: { azimuth_from_deg: 350, azimuth_to_deg: 10.5, elevation_from_deg: 0, elevation_to_deg: 45 },
    band: { from_hz: 868_100_000.1, to_hz: 868_500_000 },
    channel_ids: [2, 7],
    mute_known: false,
    is_enabled: false,
  };
  const body = toRule(ruleForm(rule));
  expect({ id: 3, ...body, created_at: RULE.created_at }).toEqual(rule);
  expect(ruleText(rule, (id) => `schedule ${id}`)).toBe(
    'Gone, no data; schedule 4; z at least 5; azimuth 350° to 10.5°, elevation 0° to 45°; 868.1000001 to 868.5 MHz; seen in 2 of 3 sessions, or once above z 8',
  );
});

test('input that is not a number is left to the API, which names the field', () => {
  const form = { ...ruleForm(), name: 'Roof', minZ: 'NaN', hasBand: true, fromMhz: '', toMhz: '868' };
  const body: unknown = JSON.parse(JSON.stringify(toRule(form)));
  const paths = alertRuleRequestSchema.safeParse(body).error?.issues.map(({ path }) => path.join('.'));
  expect(paths).toEqual(['min_z', 'band.from_hz']);
});
