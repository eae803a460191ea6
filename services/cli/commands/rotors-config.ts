import type { NewRotor, Rotor, RotorChange } from '#contract/rest/rotors';
import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { parseField, idParser } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { printable, toJson } from '../output.ts';

const ID = 'rotator id, see `skyscan rotors list`';
const FIELDS =
  "field=value, with the field names of the API: min_elevation=10 'horizon=[[0,8],[90,25]]' dbm_offset_db=null";
const parseId = idParser('a rotator');

/** `skyscan rotors show|add|edit|remove` */
export function rotorsConfig(rotors: Command, context: Context): void {
  const { api, out } = context;
  const print = (rotor: Rotor, json: boolean | undefined) => out.write(json ? toJson(rotor) : toText(rotor));

  rotors
    .command('show')
    .description('show the configuration of a rotator')
    .argument('<rotor>', ID, parseId)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, { json }: { json?: boolean }) => {
      print(await api().get(`/api/rotors/${id}`), json);
    });

  rotors
    .command('add')
    .description('register a rotator')
    .argument('<name>', 'name of the rotator')
    .argument('[fields...]', FIELDS, parseField)
    .option('--json', 'print the JSON of the API')
    .action(
      async (name: string, fields: Record<string, unknown> | undefined, { json }: { json?: boolean }) => {
        const rotor = { name, ...fieldsOf(fields) } as NewRotor; // the API checks the fields
        print(await api().post('/api/rotors', rotor), json);
      },
    );

  rotors
    .command('edit')
    .description('change fields of a rotator; the others keep their values')
    .argument('<rotor>', ID, parseId)
    .argument('<fields...>', FIELDS, parseField)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, fields: Record<string, unknown>, { json }: { json?: boolean }) => {
      const changes = fields as RotorChange; // the API checks the fields
      print(await api().put(`/api/rotors/${id}`, changes), json);
    });

  rotors
    .command('remove')
    .description('delete a rotator')
    .argument('<rotor>', ID, parseId)
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print the result as JSON')
    .action(async (id: number, { yes, json }: { yes?: boolean; json?: boolean }) => {
      const { name } = await api().get(`/api/rotors/${id}`);
      if (!yes) await confirm(context, `Delete rotator ${id} (${printable(name)})?`, 'nothing was deleted');
      await api().delete(`/api/rotors/${id}`);
      out.write(json ? toJson({ removed: id }) : `Rotator ${id} deleted.\n`);
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
