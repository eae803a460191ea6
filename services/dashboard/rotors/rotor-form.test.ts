import { describe, expect, it } from 'vitest';
import { createOpenApiDocument } from '../../api-gateway/http/docs/openapi.ts';
import { newRotorSchema } from '#contract/rest/rotors';
import type { Rotor } from '#contract/rest/rotors';
import { changedFields, fieldsOf } from './form-fields.ts';
import type { ApiDescription } from '#contract/rest/api-description';
import { bodyOf, draftOf, filledForm, initialForm } from './rotor-form.ts';

const fields = fieldsOf(JSON.parse(JSON.stringify(createOpenApiDocument())) as ApiDescription, 'NewRotor');
const rotor: Rotor = {
  id: 3,
  beam: null,
  created_at: '2026-02-14T02:00:00Z',
  ...newRotorSchema.parse({
    name: 'Dome',
    horizon: [
      [0, 5],
      [90, 12.5],
    ],
    keep_out: [{ az_start: 350, az_end: 10, el_min: 1, el_max: 30 }],
  }),
};

describe('the rotor form', () => {
  it('has no changes before anything is typed', () => {
    const form = initialForm(fields, rotor);
    expect(changedFields(bodyOf(fields, form), rotor)).toEqual({});
    expect(draftOf(form, initialForm(fields, rotor))).toBeUndefined();
  });

  it('sends tables in the form of the API', () => {
    const form = initialForm(fields, rotor);
    form.horizon.push(['180', '']);
    form.keep_out = [['1', '2', '3', 'NaN']];
    const body = bodyOf(fields, form);
    expect(changedFields(body, rotor)).toEqual({
      horizon: [
        [0, 5],
        [90, 12.5],
        [180, null],
      ],
      keep_out: [{ az_start: 1, az_end: 2, el_min: 3, el_max: null }],
    });
    const problems = newRotorSchema.safeParse(body).error?.issues.map(({ path }) => path.join('.'));
    expect(problems).toEqual(['horizon.2.1', 'keep_out.0.el_max']);
  });

  it('keeps only typed values in the draft, because a characterisation may change the others', () => {
    const form = initialForm(fields, rotor);
    form.values['host'] = 'pi.local';
    form.horizon = [];
    const draft = draftOf(form, initialForm(fields, rotor));
    expect(draft).toEqual({ values: { host: 'pi.local' }, horizon: [] });
    const faster = initialForm(fields, { ...rotor, az_speed_deg_s: 7 });
    const again = filledForm(faster, { ...draft });
    expect(again.values).toMatchObject({ host: 'pi.local', az_speed_deg_s: '7' });
    expect([again.horizon, again.keep_out]).toEqual([[], [['350', '10', '1', '30']]]);
  });

  it.each([
    [undefined],
    [{ values: { port: 4533, colour: 'red' } }],
    [{ values: null, horizon: [['0']], keep_out: [[1, 2, 3, 4]] }],
  ])('ignores %j as a draft', (draft) => {
    const initial = initialForm(fields, rotor);
    expect(filledForm(initial, draft)).toEqual(initial);
  });
});
