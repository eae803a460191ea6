import { describe, expect, it } from 'vitest';
import { scanRequestSchema } from '#contract/rest/sessions';
import { createOpenApiDocument } from '../../api-gateway/http/docs/openapi.ts';
import { fieldsOf, toNumber } from '../rotors/form-fields.ts';
import type { ApiDescription } from '#contract/rest/api-description';
import { emptyForm, filledForm, toBody } from './scan-form.ts';

// As received by the browser.
const description = JSON.parse(JSON.stringify(createOpenApiDocument())) as ApiDescription;
const FIELDS = fieldsOf(description, 'ScanRequest');
const EMPTY = emptyForm(FIELDS);
const FORM = { ...EMPTY, rotor_id: '1' };

function problemsOf(body: unknown): Record<string, string> {
  const { error } = scanRequestSchema.safeParse(body);
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]));
}

describe('the scan form', () => {
  it('starts with the published defaults', () => {
    expect(scanRequestSchema.parse(toBody(FIELDS, FORM))).toEqual(scanRequestSchema.parse({ rotor_id: 1 }));
  });

  it('sends all fields', () => {
    const body = toBody(FIELDS, {
      ...FORM,
      az_start: '-12.5',
      scan_mode: 'on_the_fly',
      grid: 'equal_area',
      reference: true,
      notes: '<b>first light</b>',
    });
    expect(body).toMatchObject({
      rotor_id: 1,
      az_start: -12.5,
      scan_mode: 'on_the_fly',
      grid: 'equal_area',
      reference: { azimuth: 0, elevation: 45, every_min: 10 },
      notes: '<b>first light</b>',
    });
  });

  it('leaves validation to the API, which reports all problems at once', () => {
    const body = toBody(FIELDS, {
      ...FORM,
      az_start: '',
      el_end: 'NaN',
      rssi_iterations: '2.5',
      step_deg: '0',
      reference: true,
      'reference.azimuth': '1e999',
    });
    expect(problemsOf(body)).toEqual({
      az_start: 'Must be a finite number',
      el_end: 'Must be a finite number',
      rssi_iterations: 'Must be a whole number',
      step_deg: 'Must be in 0.01..360 deg',
      'reference.azimuth': 'Must be a finite number',
    });
  });

  it('covers the schema of the API, each field with its own label', () => {
    const { reference, ...others } = scanRequestSchema.shape;
    const nested = Object.keys(reference.unwrap().unwrap().shape).map((name) => `reference.${name}`);
    expect(FIELDS.map(({ name }) => name).sort()).toEqual([...Object.keys(others), ...nested].sort());
    expect(FIELDS.filter(({ label, name }) => label === name)).toEqual([]);
  });

  it('has the limits and the choices of the API', () => {
    const field = (wanted: string) => FIELDS.find(({ name }) => name === wanted);
    expect(field('az_start')).toMatchObject({ kind: 'number', unit: 'deg', min: -180, max: 540 });
    expect(field('scan_mode')).toMatchObject({ kind: 'choice', choices: ['step', 'on_the_fly'] });
    expect(field('reference.every_min')).toMatchObject({ kind: 'number', unit: 'min', default: 10 });
  });
});

describe('a restored form', () => {
  it('takes the draft first, then the address', () => {
    const form = filledForm(FIELDS, { az_start: '10', notes: 'kept' }, { az_start: '20', rotor_id: '3' });
    expect(form).toEqual({ ...EMPTY, az_start: '20', rotor_id: '3', notes: 'kept' });
  });

  it('ignores unknown fields and invalid values', () => {
    const strange = { az_start: 5, scan_mode: 'backwards', grid: '', reference: 'true', colour: 'red' };
    expect(filledForm(FIELDS, undefined, strange)).toEqual(EMPTY);
  });
});

it.each([
  ['1.5', 1.5],
  ['-0', -0],
  [' 7 ', 7],
  ['1e3', 1000],
  ['', null],
  [' ', null],
  ['NaN', null],
  ['Infinity', null],
  ['1,5', null],
])('%j is parsed as %j', (text, number) => {
  expect(toNumber(text)).toBe(number);
});
