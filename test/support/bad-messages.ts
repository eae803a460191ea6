import type { z } from 'zod';

// The shared table of bad messages for all readers of WebSockets and MQTT: payloads that no schema
// accepts, variants that one schema rejects, and messages of a newer version.

/** A name and a value. */
export type Named<T> = [string, T];

/** Payloads that are not a message of any kind. */
export const INVALID_PAYLOADS: Named<string | Buffer>[] = [
  ['nothing', ''],
  ['not JSON', '{'],
  ['text', 'hello'],
  ['two objects', '{}{}'],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1'],
  ['JSON text', '"running"'],
  ['an array', '[]'],
  ['an empty object', '{}'],
  ['an unknown type', '{"type":"spectrum","version":2,"bins":[1,2]}'],
  ['a prototype', '{"__proto__":{"session_id":1,"status":"running"}}'],
  ['deep nesting', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['NUL', '\0'],
  ['bytes that are not UTF-8', Buffer.from([0xff, 0x00, 0xfe])],
  ['a gzip header', Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
  ['100 kB', `"${'x'.repeat(100_000)}"`],
];

// Values of wrong types. Variants that the schema accepts are filtered out.
const WRONG_VALUES: Named<unknown>[] = [
  ['null', null],
  ['text', 'x'],
  ['a number as text', '1'],
  ['a fraction', 0.5],
  ['a negative number', -1],
  ['a huge number', 1e300],
  ['true', true],
  ['an array', [1]],
  ['an empty object', {}],
];

/**
 * All variants of a valid message in which one field is missing or wrong and which the schema
 * rejects.
 */
export function malformedVariants(schema: z.ZodType, good: object): Named<object>[] {
  return pathsOf(good)
    .flatMap((path): Named<object>[] => [
      [`${path.join('.')} missing`, withValue(good, path, undefined)],
      ...WRONG_VALUES.map(([name, value]): Named<object> => [
        `${path.join('.')}: ${name}`,
        withValue(good, path, value),
      ]),
    ])
    .filter(([, message]) => !schema.safeParse(JSON.parse(JSON.stringify(message))).success);
}

/** The message as a newer version sends it: every object has additional unknown fields. */
export function newerVariant<T>(good: T): T {
  if (typeof good !== 'object' || good === null) return good;
  if (Array.isArray(good)) return good.map(newerVariant) as T;
  const fields = Object.entries(good).map(([name, value]) => [name, newerVariant<unknown>(value)]);
  return { ...Object.fromEntries(fields), spectrum: { bins: [1, null, 'x'] }, schema_version: 2 } as T;
}

function pathsOf(value: object, before: string[] = []): string[][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const path = [...before, name];
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? [path, ...pathsOf(inner, path)] : [path];
  });
}

/** A copy with another value; undefined removes the field. */
function withValue(object: object, [name = '', ...rest]: string[], value: unknown): object {
  const fields = object as Record<string, unknown>;
  const next = rest.length === 0 ? value : withValue(fields[name] as object, rest, value);
  return { ...object, [name]: next };
}
