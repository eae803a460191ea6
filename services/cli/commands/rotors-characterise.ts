import type { AxisCharacteristics, Characteristics, CharacteriseLine } from '#contract/rest/characteristics';
import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import { idParser } from '../arguments.ts';
import { createProgressLine, table, toJsonLine } from '../output.ts';
import { CancelledError, type Context } from '../context.ts';

/** `skyscan rotors characterise ID` */
export function rotorsCharacterise(rotors: Command, { api, out, err, interrupted }: Context): void {
  rotors
    .command('characterise')
    .description('measure the speeds and settling of a rotator and store them; it moves for some minutes')
    .argument('<rotor>', 'rotator id, see `skyscan rotors list`', idParser('a rotator'))
    .option('--json', 'print progress and result as JSON lines')
    .addHelpText('after', '\nCtrl-C cancels the measurement and stops the rotator.')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const progress = createProgressLine(err);
      let result: Characteristics | undefined;
      try {
        for await (const line of api().postForLines(`/api/rotors/${id}/characterise`)) {
          if (json) out.write(toJsonLine(line));
          const message = line as CharacteriseLine;
          if ('detail' in message) throw new SkyScanError('hardware_fault', message.detail);
          if ('result' in message) result = message.result;
          else if (!json) progress.show(toProgress(message));
        }
      } catch (error) {
        // Closing the connection cancels the measurement.
        throw interrupted.aborted ? new CancelledError('the rotator stops', { cause: error }) : error;
      } finally {
        progress.clear();
      }
      if (!result) throw new SkyScanError('unavailable', 'the connection ended before the result');
      if (!json) out.write(toText(result));
    });
}

function toProgress(line: Extract<CharacteriseLine, { step: string }>): string {
  const percent = Math.round(100 * line.fraction);
  return `${percent} %  ${line.step}  az ${line.azimuth.toFixed(1)} el ${line.elevation.toFixed(1)}`;
}

const ROWS: [string, keyof AxisCharacteristics][] = [
  ['speed, deg/s', 'speed_deg_s'],
  ['acceleration, deg/s2', 'acceleration_deg_s2'],
  ['start delay, ms', 'start_delay_ms'],
  ['resolution, deg', 'resolution_deg'],
  ['overshoot, deg', 'overshoot_deg'],
  ['backlash, deg', 'backlash_deg'],
  ['settling, ms', 'settle_ms'],
];

function toText({ azimuth, elevation, round_trip_ms, remarks, applied }: Characteristics): string {
  const cell = (value: number | null | undefined) =>
    value === null || value === undefined ? '-' : String(value);
  const measured = table(
    ['', 'AZIMUTH', 'ELEVATION'],
    ROWS.map(([name, field]) => [name, cell(azimuth?.[field]), cell(elevation?.[field])]),
  );
  const changed = Object.entries(applied).map(([field, value]) => `  ${field} = ${value}\n`);
  const parts = [
    measured,
    `A position query takes ${round_trip_ms} ms.\n`,
    changed.length > 0
      ? `Changed in the rotator's configuration:\n${changed.join('')}`
      : 'No changes to the configuration.\n',
    ...(remarks.length > 0 ? [`Remarks:\n${remarks.map((remark) => `  ${remark}\n`).join('')}`] : []),
  ];
  return parts.join('\n');
}
