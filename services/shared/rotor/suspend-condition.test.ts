import { describe, expect, test } from 'vitest';
import { evaluate, parseCondition, type Condition } from './suspend-condition.ts';

function condition(text: string): Condition {
  const parsed = parseCondition(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

describe('a condition', () => {
  test.each([
    ['> 12', '13', true],
    ['> 12', '12', false],
    ['> 12', ' 12.5 ', true],
    ['>= 12', '12', true],
    ['< -3', '-4', true],
    ['<= 0', '0.1', false],
    ['== 1', '1.0', true],
    ['!= 1', '1', false],
    ['> 12', '"13"', true],
    ['== on', 'on', true],
    ['== on', '"on"', true],
    ['== "on"', 'on', true],
    ['== on', 'off', false],
    ['!= dry', 'wet', true],
    ['== true', 'true', true],
    ['gust > 12', '{"gust": 14}', true],
    ['wind.gust > 12', '{"wind": {"gust": 11.9}}', false],
    ['rain == true', '{"rain": true}', true],
    ['rain-rate > 0', '{"rain-rate": "0.2"}', true],
  ])('%s of %s: %s', (text, payload, holds) => {
    expect(evaluate(condition(text), payload)?.holds).toBe(holds);
  });

  test.each([
    ['> 12', ''],
    ['> 12', 'storm'],
    ['> 12', 'nan'],
    ['> 12', '1e999'],
    ['gust > 12', '{"speed": 14}'],
    ['gust > 12', '14'],
    ['gust > 12', '{"gust": null}'],
    ['gust > 12', '{"gust": [14]}'],
    ['gust > 12', '{'],
    ['toString == x', '{}'],
  ])('%s is undefined for %j', (text, payload) => {
    expect(evaluate(condition(text), payload)).toBeUndefined();
  });

  test.each(['', '12', 'gust', '> ', '> storm', '=> 12', 'a b > 1', '.a > 1', 'a..b > 1'])(
    '%j is refused with a message',
    (text) => {
      expect(parseCondition(text)).toMatch(/must look like|not a number/);
    },
  );
});
