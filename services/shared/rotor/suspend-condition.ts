/** A suspend condition: `> 12`, `wind.gust >= 12.5`, `== on`, `rain != false`. */
export interface Condition {
  /** Names of nested fields of a JSON object; empty: the payload itself. */
  path: string[];
  operator: Operator;
  /** Numbers are compared as numbers; anything else as text, by `==` and `!=` only. */
  value: number | string;
  /** The text of the condition, for notes. */
  text: string;
}

type Operator = '>=' | '<=' | '==' | '!=' | '>' | '<';

const FORM = /^\s*([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)?\s*(>=|<=|==|!=|>|<)\s*(\S(?:.*\S)?)\s*$/;

/** The condition, or a message that says what is wrong with the text. */
export function parseCondition(text: string): Condition | string {
  const match = FORM.exec(text);
  if (!match) return `'${text}' must look like '> 12', 'wind.gust >= 12.5' or '== on'`;
  const [, path = '', operator, operand = ''] = match;
  const value = asNumber(operand) ?? operand.replace(/^(['"])(.*)\1$/, '$2');
  if (typeof value === 'string' && operator !== '==' && operator !== '!=')
    return `'${text}' compares with '${operand}', which is not a number`;
  return {
    path: path === '' ? [] : path.split('.'),
    operator: operator as Operator,
    value,
    text: text.trim(),
  };
}

/** Whether the condition holds, with the value; undefined if the payload lacks the value. */
export function evaluate(
  condition: Condition,
  payload: string,
): { holds: boolean; found: string } | undefined {
  const found = valueIn(payload, condition.path);
  if (found === undefined) return undefined;
  const { operator, value } = condition;
  if (typeof value === 'string') return { holds: (found === value) === (operator === '=='), found };
  const number = asNumber(found);
  if (number === undefined) return undefined;
  return { holds: compare(number, operator, value), found };
}

function valueIn(payload: string, path: string[]): string | undefined {
  if (path.length === 0) return textOf(parsed(payload)) ?? payload.trim();
  let at = parsed(payload);
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return textOf(at);
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

function asNumber(text: string): number | undefined {
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function compare(a: number, operator: Operator, b: number): boolean {
  switch (operator) {
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
  }
}
