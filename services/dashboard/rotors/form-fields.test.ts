import { describe, expect, it } from 'vitest';
import { createOpenApiDocument } from '../../api-gateway/http/docs/openapi.ts';
import { calibrationRequestSchema } from '#contract/rest/receivers';
import { newRotorSchema } from '#contract/rest/rotors';
import { changedFields, fieldsOf, toBody, toValues, withSites } from './form-fields.ts';
import type { ApiDescription } from '#contract/rest/api-description';

// As received by the browser.
const description = JSON.parse(JSON.stringify(createOpenApiDocument())) as ApiDescription;
const rotorFields = fieldsOf(description, 'NewRotor');

const problemsOf = (body: unknown) =>
  Object.fromEntries(
    (newRotorSchema.safeParse(body).error?.issues ?? []).map(({ path, message }) => [
      path.join('.'),
      message,
    ]),
  );

describe('the fields of a rotor', () => {
  it('cover the schema of the API, each with its own label', () => {
    expect(rotorFields.map(({ name }) => name).sort()).toEqual(Object.keys(newRotorSchema.shape).sort());
    const unlabelled = rotorFields.filter(({ label, name, kind }) => kind !== 'table' && label === name);
    expect(unlabelled).toEqual([]);
  });

  it('start with the defaults of the API', () => {
    const body = toBody(rotorFields, { ...toValues(rotorFields, {}), name: 'Dome' });
    expect(newRotorSchema.parse(body)).toEqual(newRotorSchema.parse({ name: 'Dome' }));
  });

  it('preserve the values of a rotor', () => {
    const rotor = newRotorSchema.parse({ name: '<i>Dome</i>', dbm_offset_db: -67.5, park_after_scan: true });
    const { horizon, keep_out, ...others } = rotor;
    expect(toBody(rotorFields, toValues(rotorFields, rotor))).toEqual(others);
    expect([horizon, keep_out]).toEqual([[], []]);
  });

  it('show units and defaults', () => {
    const field = (wanted: string) => rotorFields.find(({ name }) => name === wanted);
    expect(field('az_speed_deg_s')).toMatchObject({ unit: 'deg/s', hint: 'Default 6 deg/s', kind: 'number' });
    expect(field('site')?.hint ?? '').not.toContain('Default default');
    expect(field('beam_width_deg')?.hint).toContain('empty: unknown');
    expect(rotorFields.filter(({ hint }) => /\bnull\b|Default default/.test(hint ?? ''))).toEqual([]);
    expect(field('rssi_source')).toMatchObject({ kind: 'choice', choices: ['sdr', 'rotctld', 'none'] });
  });

  it('offer a choice of the site only when there are several', () => {
    const one = withSites(rotorFields, 1);
    expect(one.map(({ name }) => name)).not.toContain('site_id');
    expect(toBody(one, toValues(one, { site_id: 1 }))).not.toHaveProperty('site_id');
    const several = withSites(rotorFields, 2);
    expect(several.find(({ name }) => name === 'site_id')).toMatchObject({
      kind: 'site',
      label: 'Belongs to site',
    });
    expect(toBody(several, { ...toValues(several, { site_id: 1 }), site_id: '2' })).toMatchObject({
      site_id: 2,
    });
  });

  it('leave validation to the API', () => {
    const values = { ...toValues(rotorFields, {}), port: '80.5', az_min: '', dbm_offset_db: 'NaN' };
    expect(problemsOf(toBody(rotorFields, values))).toMatchObject({
      name: 'Must not be empty',
      port: 'Must be a whole number',
      az_min: 'Must be a finite number',
      dbm_offset_db: 'Must be a finite number',
    });
  });
});

it('the fields of a calibration cover the schema of the API', () => {
  const fields = fieldsOf(description, 'CalibrationRequest');
  expect(fields.map(({ name }) => name).sort()).toEqual(Object.keys(calibrationRequestSchema.shape).sort());
  expect(fields.filter(({ label, name }) => label === name)).toEqual([]);
});

it('an unknown schema has no fields', () => {
  expect(fieldsOf(description, 'Nothing')).toEqual([]);
});

it('changed values are returned, tables as a whole', () => {
  const before = { port: 4533, horizon: [[0, 5]], name: 'Dome' };
  expect(changedFields({ port: 4533, horizon: [[0, 6]], name: 'Dome', site: 'roof' }, before)).toEqual({
    horizon: [[0, 6]],
    site: 'roof',
  });
});
