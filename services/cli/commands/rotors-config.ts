import type { Rotor } from '#contract/rest/rotors';
import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { parseField, parseIdOf } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { printable, toJson } from '../output.ts';

const ID = 'which rotator: see `skyscan rotors list`';
const FIELDS =
  "field=value, as the API names them: min_elevation=10 'horizon=[[0,8],[90,25]]' dbm_offset_db=null";
const parseId = parseIdOf('a rotator');

/** `skyscan rotors show|add|edit|remove` */
export function rotorsConfig(rotors: Command, context: Context): void {
  const { api, out } = context;
  const say = (rotor: Rotor, json: boolean | undefined) => out.write(json ? toJson(rotor) : toText(rotor));

  rotors
    .command('show')
    .description('everything that is configured of a rotator')
    .argument('<rotor>', ID, parseId)
    .option('--json', 'as the API says it')
    .action(async (id: number, { json }: { json?: boolean }) => {
      say(await api().get<Rotor>(`/api/rotors/${id}`), json);
    });

  rotors
    .command('add')
    .description('register a rotator')
    .argument('<name>', 'what it is called')
    .argument('[fields...]', FIELDS, parseField)
    .option('--json', 'as the API says it')
    .action(
      async (name: string, fields: Record<string, unknown> | undefined, { json }: { json?: boolean }) => {
        say(await api().post<Rotor>('/api/rotors', { name, ...fieldsOf(fields) }), json);
      },
    );

  rotors
    .command('edit')
    .description('change what is configured of a rotator; what is not named stays')
    .argument('<rotor>', ID, parseId)
    .argument('<fields...>', FIELDS, parseField)
    .option('--json', 'as the API says it')
    .action(async (id: number, fields: Record<string, unknown>, { json }: { json?: boolean }) => {
      say(await api().put<Rotor>(`/api/rotors/${id}`, fields), json);
    });

  rotors
    .command('remove')
    .description('forget a rotator')
    .argument('<rotor>', ID, parseId)
    .option('--yes', 'do not ask')
    .option('--json', 'say it as JSON')
    .action(async (id: number, { yes, json }: { yes?: boolean; json?: boolean }) => {
      const { name } = await api().get<Rotor>(`/api/rotors/${id}`);
      if (!yes) await confirm(context, `Forget rotator ${id} (${printable(name)})?`, 'nothing was removed');
      await api().delete(`/api/rotors/${id}`);
      out.write(json ? toJson({ removed: id }) : `Rotator ${id} is forgotten.\n`);
    });
}

function fieldsOf(fields: Record<string, unknown> | undefined): Record<string, unknown> {
  if (fields && 'name' in fields) throw new SkyScanError('invalid', 'name is given twice');
  return fields ?? {};
}

function toText(rotor: Rotor): string {
  const width = Math.max(...Object.keys(rotor).map((name) => name.length));
  return Object.entries(rotor)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${name.padEnd(width)}  ${printable(text)}\n`;
    })
    .join('');
}
