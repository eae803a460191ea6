/** A command as Hamlib's rotctld understands it. */
type RotctlCommand =
  | { name: 'get_pos' | 'stop' | 'park' | 'get_info' | 'dump_state' | 'dump_caps' }
  | { name: 'set_pos'; azimuth: string; elevation: string }
  /** A command of Hamlib that Sky Scan does not have; `hamlibName` is like `reset`. */
  | { name: 'unavailable'; hamlibName: string; args: string[] };

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

/** Letter, long name and number of arguments of every command of Hamlib 4.5.4. */
const COMMANDS: readonly (readonly [letter: string, name: string, args: number])[] = [
  ['p', 'get_pos', 0],
  ['P', 'set_pos', 2],
  ['S', 'stop', 0],
  ['K', 'park', 0],
  ['_', 'get_info', 0],
  ['1', 'dump_caps', 0],
  ['', 'dump_state', 0],
  ['R', 'reset', 1],
  ['M', 'move', 2],
  ['V', 'set_level', 2],
  ['v', 'get_level', 1],
  ['U', 'set_func', 2],
  ['u', 'get_func', 1],
  ['X', 'set_parm', 2],
  ['x', 'get_parm', 1],
  ['C', 'set_conf', 2],
  ['s', 'get_status', 0],
  ['w', 'send_cmd', 1],
  ['L', 'lonlat2loc', 3],
  ['l', 'loc2lonlat', 1],
  ['D', 'dms2dec', 4],
  ['d', 'dec2dms', 1],
  ['E', 'dmmm2dec', 3],
  ['e', 'dec2dmmm', 1],
  ['B', 'qrb', 4],
  ['A', 'a_sp2a_lp', 1],
  ['a', 'd_sp2d_lp', 1],
];
const WITHOUT_ARGUMENTS = ['get_pos', 'stop', 'park', 'get_info', 'dump_caps', 'dump_state'] as const;

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
  let command = COMMANDS.find(([known]) => known === letter);
  if (letter === '\\') {
    const long = /^(\w*)\W/s.exec(input.slice(at));
    if (!long) return { kind: 'incomplete' };
    at += long[0].length;
    command = COMMANDS.find(([, known]) => known === long[1]);
  }
  if (!command) return { kind: 'ignored', rest: input.slice(at) };
  const [, name, count] = command;
  const found = name === 'send_cmd' ? restOfLine(input.slice(at)) : words(input.slice(at), count);
  if (!found) return { kind: 'incomplete' };
  return {
    kind: 'request',
    request: { ...commandOf(name, found.args), separator },
    rest: input.slice(at + found.length),
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

function commandOf(hamlibName: string, args: string[]): RotctlCommand {
  const [azimuth = '', elevation = ''] = args;
  if (hamlibName === 'set_pos') return { name: 'set_pos', azimuth, elevation };
  const name = WITHOUT_ARGUMENTS.find((known) => known === hamlibName);
  return name ? { name } : { name: 'unavailable', hamlibName, args };
}

/** The first `count` words, each with the white space before it; undefined: not complete. */
function words(input: string, count: number): { args: string[]; length: number } | undefined {
  const args: string[] = [];
  const word = /\s*(\S+)(?=\s)/y;
  while (args.length < count) {
    const [, text] = word.exec(input) ?? [];
    if (text === undefined) return undefined;
    args.push(text);
  }
  return { args, length: word.lastIndex };
}

function restOfLine(input: string): { args: string[]; length: number } | undefined {
  const line = /^\s*([^\r\n]+)[\r\n]/.exec(input);
  return line ? { args: [line[1] ?? ''], length: line[0].length } : undefined;
}

function skipComment(input: string, at: number): Parsed {
  const end = input.slice(at).search(/[\r\n]/);
  return end < 0 ? { kind: 'incomplete' } : { kind: 'ignored', rest: input.slice(at + end + 1) };
}

function isPunctuation(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character);
}
