/** A command as Hamlib's rotctld understands it. */
type RotctlCommand =
  | { name: 'get_pos' | 'stop' | 'park' | 'get_info' | 'dump_state' | 'dump_caps' }
  | { name: 'set_pos'; azimuth: string; elevation: string };

/** A command with the separator of an extended reply; undefined: plain. */
export type RotctlRequest = RotctlCommand & { separator: string | undefined };

/** The first command of the input, and the rest of the input. */
export type Parsed =
  | { kind: 'request'; request: RotctlRequest; rest: string }
  /** Noise, a comment or an unknown command, without a reply. */
  | { kind: 'ignored'; rest: string }
  | { kind: 'quit' }
  /** More bytes are needed. */
  | { kind: 'incomplete' };

const BY_LETTER: Record<string, RotctlCommand['name']> = {
  p: 'get_pos',
  P: 'set_pos',
  S: 'stop',
  K: 'park',
  _: 'get_info',
  '1': 'dump_caps',
};
const NAMES: readonly string[] = [
  'get_pos',
  'set_pos',
  'stop',
  'park',
  'get_info',
  'dump_caps',
  'dump_state',
];

/**
 * Parses one command, character by character like Hamlib 4.5.4: there are no lines, `pp` is two
 * commands, arguments may be on later lines, and unknown letters are skipped without a reply.
 */
export function parseRotctl(input: string): Parsed {
  let at = 0;
  let separator: string | undefined;
  if (input[at] === '+') {
    separator = '\n';
    at++;
  }
  const sign = input[at];
  if (sign !== undefined && isPunctuation(sign) && !'\\_#+'.includes(sign)) {
    separator = sign;
    at++;
  }
  const letter = input[at];
  if (letter === undefined) return { kind: 'incomplete' };
  at++;
  if (letter === '#') return skipComment(input, at);
  if (letter === 'q' || letter === 'Q') return { kind: 'quit' };
  let name = BY_LETTER[letter];
  if (letter === '\\') {
    const long = /^(\w*)\W/s.exec(input.slice(at));
    if (!long) return { kind: 'incomplete' };
    at += long[0].length;
    name = NAMES.find((known) => known === long[1]) as RotctlCommand['name'] | undefined;
  }
  if (!name) return { kind: 'ignored', rest: input.slice(at) };
  if (name !== 'set_pos') return { kind: 'request', request: { name, separator }, rest: input.slice(at) };
  const args = /^\s*(\S+)\s+(\S+)(?=\s)/.exec(input.slice(at));
  if (!args) return { kind: 'incomplete' };
  const [text, azimuth = '', elevation = ''] = args;
  return {
    kind: 'request',
    request: { name, azimuth, elevation, separator },
    rest: input.slice(at + text.length),
  };
}

/** Parses a number like sscanf in C: the longest valid prefix, including `nan` and `inf`. */
export function parseCNumber(text: string): number | undefined {
  const special = /^[+-]?(nan|inf)/i.exec(text);
  if (special) return /nan/i.test(special[0]) ? NaN : text.startsWith('-') ? -Infinity : Infinity;
  const hexadecimal = /^([+-]?)(0x[0-9a-f]+)/i.exec(text);
  if (hexadecimal) return Number(hexadecimal[2]) * (hexadecimal[1] === '-' ? -1 : 1);
  const decimal = parseFloat(text);
  return Number.isNaN(decimal) ? undefined : decimal;
}

function skipComment(input: string, at: number): Parsed {
  const end = input.slice(at).search(/[\r\n]/);
  return end < 0 ? { kind: 'incomplete' } : { kind: 'ignored', rest: input.slice(at + end + 1) };
}

function isPunctuation(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character);
}
