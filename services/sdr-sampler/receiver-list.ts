import { z } from 'zod';
import { splitAddress } from '#shared/base/address';
import { addressVariable } from '#shared/runtime/env';
import { RECEIVER_NAME } from '#shared/rotor/rotor-config';
import { TUNER_NAMES, type TunerName } from './receivers/tuners.ts';

/** The dongle of a receiver and the program that serves it. */
export type ReceiverSpec = { name: string } & Options &
  ({ kind: 'rtl_tcp'; host: string; port: number } | { kind: 'rtl_tcp_child' | 'rtl_power'; serial: string });

/** Properties of a receiver that is not detected correctly. */
interface Options {
  /** Overrides the reported tuner. */
  tuner?: TunerName;
  /** The first four characters that the rtl_tcp server sends. */
  header?: string;
}

const MAX_RECEIVERS = 16;
const FORMAT =
  'name=rtl_tcp://host:port, name=rtl_tcp_child:serial=SERIAL or name=rtl_power:serial=SERIAL, separated by commas';
const NAME_RULE = '1 to 32 of A-Z a-z 0-9 _ -';
const OPTION = /:(tuner|header)=([^:]*)$/;

/**
 * Parses `default=rtl_tcp://127.0.0.1:1234, roof=rtl_tcp_child:serial=00000002,
 * low=rtl_power:serial=00000003`. Each entry may end with `:tuner=R820T`, an rtl_tcp server also
 * with `:header=RTL1`.
 */
export const receiverListVariable = z.string().transform((text, context): ReceiverSpec[] => {
  const specs: ReceiverSpec[] = [];
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.length > MAX_RECEIVERS) refuse(`${entries.length} receivers; at most ${MAX_RECEIVERS}`);
  for (const entry of entries.slice(0, MAX_RECEIVERS)) {
    const spec = parseReceiver(entry);
    if (typeof spec === 'string') refuse(spec);
    else specs.push(spec);
  }
  for (const name of repeated(specs.map((spec) => spec.name)))
    refuse(`receiver ${name} is listed twice; names must be unique`);
  for (const serial of repeated(specs.flatMap((spec) => ('serial' in spec ? [spec.serial] : []))))
    refuse(`dongle ${serial} belongs to two receivers; a dongle serves one`);
  return specs;
});

/** Returns a receiver, or a description of the mistake. */
function parseReceiver(entry: string): ReceiverSpec | string {
  const quoted = JSON.stringify(entry.slice(0, 80));
  const equals = entry.indexOf('=');
  if (equals < 0) return `${quoted} is not a receiver; must look like ${FORMAT}`;
  const name = entry.slice(0, equals);
  const options: Options = {};
  let source = entry.slice(equals + 1);
  for (let found = OPTION.exec(source); found; found = OPTION.exec(source)) {
    const [whole, option, value] = found as unknown as [string, 'tuner' | 'header', string];
    if (option === 'tuner') {
      const tuner = TUNER_NAMES.find((known) => known === value);
      if (!tuner) return `tuner of ${quoted} must be one of ${TUNER_NAMES.join(', ')}`;
      options.tuner = tuner;
    } else {
      if (!/^[\x21-\x7e]{4}$/.test(value)) return `header of ${quoted} must be 4 characters`;
      options.header = value;
    }
    source = source.slice(0, -whole.length);
  }
  if (!RECEIVER_NAME.test(name)) return `name of ${quoted} must be ${NAME_RULE}`;
  if (source.startsWith('rtl_tcp://')) {
    const address = source.slice('rtl_tcp://'.length);
    if (!addressVariable.safeParse(address).success) return `address of ${quoted} must look like host:port`;
    return { name, kind: 'rtl_tcp', ...splitAddress(address), ...options };
  }
  const [kind, serial] = source.split(':serial=', 2);
  if (kind !== 'rtl_tcp_child' && kind !== 'rtl_power') return `${quoted} must look like ${FORMAT}`;
  if (!RECEIVER_NAME.test(source.slice(`${kind}:serial=`.length)))
    return `serial number of ${quoted} must be ${NAME_RULE}`;
  if (options.header !== undefined) return `header of ${quoted}: only an rtl_tcp:// server has one`;
  return { name, kind, serial: serial as string, ...options };
}

function repeated(values: string[]): Set<string> {
  return new Set(values.filter((value, k) => values.indexOf(value) !== k));
}
