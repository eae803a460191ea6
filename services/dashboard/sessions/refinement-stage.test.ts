import { expect, it } from 'vitest';
import { planOf } from '../testing/sessions.ts';
import { describeRefinement, refinementStage, secondsLeft } from './refinement-stage.ts';

const refine = { threshold: 3.5, step_deg: 2, max_points: 1_000, time_budget_s: null, added_points: null };
const plan = { ...planOf(20, 5), refine };

it.each([
  ['before the last cell of the grid', 19, 20, 'grid'],
  ['when the grid is measured', 20, 20, 'choosing'],
  ['when points were added', 20, 27, 'added'],
  ['at its end', 27, 27, 'added'],
] as const)('knows what a refined session measures %s', (_name, completed_points, total_points, stage) => {
  expect(refinementStage({ completed_points, total_points }, plan)).toBe(stage);
  expect(refinementStage({ completed_points, total_points }, planOf(20, 5))).toBeUndefined();
  expect(refinementStage({ completed_points, total_points })).toBeUndefined();
});

it('describes a refinement with its result, or its limit', () => {
  expect(describeRefinement({ ...refine, added_points: 31 })).toBe('step 2°, 31 points added');
  expect(describeRefinement(refine)).toMatch(/^step 2°, at most 1.000 points$/);
  expect(describeRefinement({ ...refine, max_points: null, time_budget_s: 600 })).toBe(
    'step 2°, at most 600 s',
  );
});

it('estimates the end of a scan that is later than planned by its rate', () => {
  const session = { completed_points: 131, total_points: 139 };
  expect(secondsLeft(12, session, 4)).toBe(12);
  expect(secondsLeft(-3, session, 4)).toBe(2);
  expect(secondsLeft(-3, session, undefined)).toBe(0);
});
