import { describe, expect, it } from 'vitest';
import { scanRequestSchema } from '#contract/rest/sessions';
import { createOpenApiDocument } from '../../api-gateway/http/docs/openapi.ts';
import { fieldsOf, toNumber, type FormField } from '../rotors/form-fields.ts';
import type { ApiDescription } from '#contract/rest/api-description';
import { FRAME_SQUARE, gridChoices } from './frame-form.ts';
import { gridOf } from './preview-grid.ts';
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

  it('sends a refinement if it is switched on, without its empty fields', () => {
    expect(toBody(FIELDS, FORM)).not.toHaveProperty('refine');
    const body = toBody(FIELDS, { ...FORM, refine: true, 'refine.time_budget_s': '600' });
    expect(body.refine).toEqual({ threshold: 3.5, time_budget_s: 600 });
    expect(problemsOf(body)).toEqual({});
  });

  it.each([
    ['sun', 'sun'],
    ['direction', { azimuth: 180, elevation: 30 }],
    ['emitter', { emitter: 'pager' }],
    ['satellite', { satellite: 'pager' }],
  ])('sends a scan around a source: %s', (kind, source) => {
    expect(toBody(FIELDS, FORM)).not.toHaveProperty('frame');
    const framed = { ...FORM, ...FRAME_SQUARE, frame: true, 'frame.kind': kind, 'frame.name': 'pager' };
    const body = toBody(FIELDS, framed);
    expect(body.frame).toEqual({ source });
    expect(problemsOf(body)).toEqual({});
    expect(gridOf(body)).toBeUndefined();
  });

  it('offers the grids of offsets with a source only', () => {
    const grid = FIELDS.find(({ name }) => name === 'grid') as FormField;
    expect(gridChoices(grid, false)).toEqual(['rectangular', 'equal_area']);
    expect(gridChoices(grid, true)).toContain('spiral');
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
    const shape: Record<string, unknown> = scanRequestSchema.shape;
    const names = Object.keys(shape).flatMap((name) => {
      const nested = FIELDS.filter((field) => field.name.startsWith(`${name}.`));
      return nested.length > 0 ? nested.map((field) => field.name) : [name];
    });
    expect(FIELDS.map(({ name }) => name).sort()).toEqual(names.sort());
    const { reference } = scanRequestSchema.shape;
    for (const name of Object.keys(reference.unwrap().unwrap().shape))
      expect(FIELDS.map((field) => field.name)).toContain(`reference.${name}`);
    expect(FIELDS.filter(({ label, name }) => label === name)).toEqual([]);
  });

  it('has the limits and the choices of the API', () => {
    const field = (wanted: string) => FIELDS.find(({ name }) => name === wanted);
    expect(field('az_start')).toMatchObject({ kind: 'number', unit: 'deg', min: -180, max: 540 });
    expect(field('scan_mode')).toMatchObject({ kind: 'choice', choices: ['step', 'on_the_fly'] });
    expect(field('reference.every_min')).toMatchObject({ kind: 'number', unit: 'min', default: 10 });
  });
});

describe('spectrum and bands', () => {
  const field = {
    label: '',
    unit: undefined,
    group: 'Spectrum' as const,
    choices: [] as string[],
    min: undefined,
    max: undefined,
  };
  const more: FormField[] = [
    ...FIELDS.filter(({ group }) => group !== 'Spectrum'),
    {
      ...field,
      name: 'spectrum.channels',
      kind: 'number' as const,
      nullable: false,
      default: 1024,
      hint: undefined,
    },
    { ...field, name: 'bands', kind: 'table' as const, nullable: true, default: null, hint: undefined },
  ];
  const form = { ...emptyForm(more), rotor_id: '1' };

  it('are absent unless they are chosen', () => {
    expect(toBody(more, form)).not.toHaveProperty('spectrum');
    expect(toBody(more, form)).not.toHaveProperty('bands');
  });

  it('are sent as the API expects them', () => {
    expect(toBody(more, { ...form, spectrum: true, bands: '433.92,2;868.3,1' })).toMatchObject({
      spectrum: { channels: 1024 },
      bands: [
        { center_frequency_hz: 433_920_000, bandwidth_hz: 2_000_000 },
        { center_frequency_hz: 868_300_000, bandwidth_hz: 1_000_000 },
      ],
    });
  });

  it('are not sent to an API that does not have them', () => {
    const older = FIELDS.filter(({ group }) => group !== 'Spectrum');
    const body = toBody(older, { ...FORM, spectrum: true, bands: '433.92,2' });
    expect(body).not.toHaveProperty('spectrum');
    expect(body).not.toHaveProperty('bands');
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
