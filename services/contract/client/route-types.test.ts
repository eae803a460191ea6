import { expectTypeOf, test } from 'vitest';
import type { ApiDescription } from '../rest/api-description.ts';
import type { Health } from '../rest/health.ts';
import type { Plan } from '../rest/plan.ts';
import type { Calibration, CalibrationRequest, Receiver } from '../rest/receivers.ts';
import type { Move, NewRotor, Rotor, RotorChange } from '../rest/rotors.ts';
import type { ScanAction, ScanRequestBody, Session } from '../rest/sessions.ts';
import type { ApiClient } from './api-client.ts';
import type { AddressOf, AnswerOf, BodyOf } from './route-types.ts';

// The type checker runs these tests; the functions are never called.

test('an address determines the answer', () => {
  expectTypeOf<AnswerOf<'GET', '/api/rotors'>>().toEqualTypeOf<Rotor[]>();
  expectTypeOf<AnswerOf<'GET', `/api/rotors/${number}`>>().toEqualTypeOf<Rotor>();
  expectTypeOf<AnswerOf<'GET', '/api/skyscan/sessions?limit=30'>>().toEqualTypeOf<Session[]>();
  expectTypeOf<AnswerOf<'GET', `/api/skyscan/${number}`>>().toEqualTypeOf<Session>();
  expectTypeOf<AnswerOf<'GET', `/api/skyscan/${number}/plan?path=false`>>().toEqualTypeOf<Plan>();
  expectTypeOf<AnswerOf<'GET', '/health'>>().toEqualTypeOf<Health>();
  expectTypeOf<AnswerOf<'GET', '/api/openapi.json'>>().toEqualTypeOf<ApiDescription>();
  expectTypeOf<
    AnswerOf<'POST', `/api/skyscan/${number}/${'pause' | 'cancel'}`>
  >().toEqualTypeOf<ScanAction>();
});

test('an address below a text parameter has its own answer', () => {
  expectTypeOf<AnswerOf<'GET', `/api/receivers/${string}`>>().toEqualTypeOf<Receiver>();
  type List = AnswerOf<'GET', `/api/receivers/${string}/calibrations`>;
  expectTypeOf<List>().toEqualTypeOf<Calibration[]>();
  type One = AnswerOf<'GET', `/api/receivers/${string}/calibrations/${number}`>;
  expectTypeOf<One>().toEqualTypeOf<Calibration>();
});

test('an address determines the body', () => {
  expectTypeOf<BodyOf<'POST', '/api/rotors'>>().toEqualTypeOf<NewRotor>();
  expectTypeOf<BodyOf<'PUT', `/api/rotors/${number}`>>().toEqualTypeOf<RotorChange>();
  expectTypeOf<BodyOf<'POST', `/api/rotors/${number}/move`>>().toEqualTypeOf<Move>();
  expectTypeOf<BodyOf<'POST', '/api/skyscan/start'>>().toEqualTypeOf<ScanRequestBody>();
  type Calibrate = BodyOf<'POST', `/api/receivers/${string}/calibrate`>;
  expectTypeOf<Calibrate>().toEqualTypeOf<CalibrationRequest>();
  expectTypeOf<BodyOf<'POST', `/api/rotors/${number}/park`>>().toBeUndefined();
});

test('the addresses of a method', () => {
  expectTypeOf<AddressOf<'PUT'>>().toEqualTypeOf<
    | `/api/alert-channels/${number}`
    | `/api/alert-channels/${number}?${string}`
    | `/api/alert-rules/${number}`
    | `/api/alert-rules/${number}?${string}`
    | `/api/baselines/${number}`
    | `/api/baselines/${number}?${string}`
    | `/api/baselines/${number}/sessions/${number}`
    | `/api/baselines/${number}/sessions/${number}?${string}`
    | `/api/rotors/${number}`
    | `/api/rotors/${number}?${string}`
    | `/api/rotors/${number}/beam`
    | `/api/rotors/${number}/beam?${string}`
    | `/api/rotors/${number}/pointing`
    | `/api/rotors/${number}/pointing?${string}`
    | `/api/schedules/${number}`
    | `/api/schedules/${number}?${string}`
    | `/api/sites/${number}`
    | `/api/sites/${number}?${string}`
    | `/api/sources/${number}`
    | `/api/sources/${number}?${string}`
    | `/api/sources/${number}/merged/${number}`
    | `/api/sources/${number}/merged/${number}?${string}`
  >();
});

test('a wrong address, method or body does not compile', () => {
  const wrong = (api: ApiClient, id: number) => [
    // @ts-expect-error: no such address
    api.get('/api/rotor'),
    // @ts-expect-error: an id is a number
    api.get('/api/rotors/one'),
    // @ts-expect-error: no such resource of a session
    api.get(`/api/skyscan/${id}/points`),
    // @ts-expect-error: not JSON, see `fetch`
    api.get(`/api/skyscan/${id}/map.png`),
    // @ts-expect-error: points cannot be deleted
    api.delete(`/api/skyscan/${id}/data`),
    // @ts-expect-error: the body is missing
    api.post('/api/skyscan/start'),
    // @ts-expect-error: a field is missing
    api.post('/api/skyscan/start', { az_start: 0 }),
    // @ts-expect-error: no such field
    api.put(`/api/rotors/${id}`, { prt: 4533 }),
    // @ts-expect-error: a field has another type
    api.put(`/api/rotors/${id}`, { port: '4533' }),
    // @ts-expect-error: it takes no body
    api.post(`/api/rotors/${id}/park`, { azimuth: 0 }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

test('addresses and bodies that the API knows compile', () => {
  const right = (api: ApiClient, id: number, name: string, query: URLSearchParams) => [
    api.get(`/api/rotors/${id}/test`),
    api.get(`/api/skyscan/sessions?${query.toString()}`),
    api.post(`/api/rotors/${id}/stop`),
    api.post(`/api/rotors/${id}/move`, { azimuth: 0, elevation: 45 }, AbortSignal.abort()),
    api.put(`/api/rotors/${id}`, { port: 4533 }),
    api.delete(`/api/receivers/${name}/calibrations/${id}`),
  ];
  expectTypeOf(right).toBeFunction();
});
