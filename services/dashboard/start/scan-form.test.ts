import { describe, expect, it } from 'vitest';
import { scanRequestSchema } from '#contract/rest/sessions';
import { EMPTY_FORM, FIELDS, filledForm, toBody, toNumber } from './scan-form.ts';

const FORM = { ...EMPTY_FORM, rotor_id: '1' };

function problemsOf(body: unknown): Record<string, string> {
  const { error } = scanRequestSchema.safeParse(body);
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]));
}

describe('the form of a scan', () => {
  it('begins with the published defaults', () => {
    expect(scanRequestSchema.parse(toBody(FORM))).toEqual(scanRequestSchema.parse({ rotor_id: 1 }));
  });

  it('sends everything that is filled in', () => {
    const body = toBody({
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

  it('leaves it to the API to say what is wrong, all at once', () => {
    const body = toBody({
      ...FORM,
      az_start: '',
      el_end: 'NaN',
      rssi_iterations: '2.5',
      step_deg: '0',
      reference: true,
      reference_azimuth: '1e999',
    });
    expect(problemsOf(body)).toEqual({
      az_start: 'Must be a finite number',
      el_end: 'Must be a finite number',
      rssi_iterations: 'Must be a whole number',
      step_deg: 'Must be in 0.01..360 deg',
      'reference.azimuth': 'Must be a finite number',
    });
  });

  it('has a place for every field that the API may complain about', () => {
    const { reference, ...others } = scanRequestSchema.shape;
    const nested = Object.keys(reference.unwrap().unwrap().shape).map((name) => `reference.${name}`);
    expect([...Object.keys(others), ...nested].filter((name) => !FIELDS.has(name))).toEqual([]);
  });
});

describe('a form that is filled again', () => {
  it('takes what was kept, and then what stands in the address', () => {
    const form = filledForm({ az_start: '10', notes: 'kept' }, { az_start: '20', rotor_id: '3' });
    expect(form).toEqual({ ...EMPTY_FORM, az_start: '20', rotor_id: '3', notes: 'kept' });
  });

  it('leaves out what it does not know or cannot use', () => {
    const strange = { az_start: 5, scan_mode: 'backwards', grid: '', reference: 'true', colour: 'red' };
    expect(filledForm(undefined, strange)).toEqual(EMPTY_FORM);
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
])('%j is the number %j', (text, number) => {
  expect(toNumber(text)).toBe(number);
});
