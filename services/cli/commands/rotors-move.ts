import type { RotorTest, Turn } from '#contract/rest/rotors';
import type { Command } from 'commander';
import { idParser, parseAnyElevation, parseUnwrappedAzimuth, parseWhole } from '../arguments.ts';
import type { Context } from '../context.ts';
import { follow } from '../follow.ts';
import { toJson, toJsonLine } from '../output.ts';
import { readRotorMessage } from '#contract/live/read-message';
import type { RotorMessage } from '#contract/live/rotor-messages';

const ID = 'rotator id, see `skyscan rotors list`';
const parseId = idParser('a rotator');
const parseTurn = parseWhole('turn', -2, 2);

/** `skyscan rotors test|position|move|turn|park|stop` */
export function rotorsMove(rotors: Command, { api, out, err, interrupted }: Context): void {
  rotors
    .command('test')
    .description('test the connection to a rotator; exit code 1 if it does not answer')
    .argument('<rotor>', ID, parseId)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const found = await api().get(`/api/rotors/${id}/test`);
      if (json) out.write(toJson(found));
      else if (found.connected) out.write(describe(found));
      if (!found.connected) throw new Error(found.reason ?? 'the rotator does not answer');
    });

  rotors
    .command('position')
    .description('show the position of a rotator')
    .argument('<rotor>', ID, parseId)
    .option('--follow', 'print every position until Ctrl-C')
    .option('--json', 'print the JSON of the API; with --follow one line per position')
    .action(async (id: number, { json, follow: on }: { json?: boolean; follow?: boolean }) => {
      if (!on) {
        const position = await api().get(`/api/rotors/${id}/position`);
        out.write(json ? toJson(position) : `${pointing(position)}\n`);
        return;
      }
      const follower = {
        read: (data: unknown) => readRotorMessage(data, id),
        onMessage: (position: RotorMessage) =>
          void out.write(json ? toJsonLine(position) : `${describePosition(position)}\n`),
        onLost: (reason: string) => void err.write(`connection lost (${reason}), reconnecting ...\n`),
        onReconnected: () => void err.write('reconnected\n'),
      };
      await follow<RotorMessage>(api(), () => `/ws/rotors/${id}`, follower, interrupted);
    });

  rotors
    .command('move')
    .description('move a rotator; returns once it is moving')
    .argument('<rotor>', ID, parseId)
    .argument('<azimuth>', 'deg, unwrapped', parseUnwrappedAzimuth)
    .argument('<elevation>', 'deg', parseAnyElevation)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, azimuth: number, elevation: number, { json }: { json?: boolean }) => {
      const answer = await api().post(`/api/rotors/${id}/move`, { azimuth, elevation });
      out.write(json ? toJsonLine(answer) : `Rotator ${id} is moving to az ${azimuth} el ${elevation}.\n`);
    });

  rotors
    .command('turn')
    .description('show or set the cable turn of a rotator that reports azimuths of 0 to 360 deg only')
    .argument('<rotor>', ID, parseId)
    .argument('[turn]', 'azimuth = reported azimuth + 360 * turn', parseTurn)
    .option('--json', 'print the JSON of the API')
    .action(async (id: number, turn: number | undefined, { json }: { json?: boolean }) => {
      const path = `/api/rotors/${id}/turn` as const;
      const found = turn === undefined ? await api().get(path) : await api().post(path, { turn });
      out.write(json ? toJsonLine(found) : describeTurn(id, found));
    });

  for (const [action, description, result] of [
    ['park', 'park a rotator', 'is moving to its park position'],
    ['stop', 'stop a rotator, also during a scan', 'has stopped'],
  ] as const)
    rotors
      .command(action)
      .description(description)
      .argument('<rotor>', ID, parseId)
      .option('--json', 'print the JSON of the API')
      .action(async (id: number, { json }: { json?: boolean }) => {
        const answer = await api().post(`/api/rotors/${id}/${action}`);
        out.write(json ? toJsonLine(answer) : `Rotator ${id} ${result}.\n`);
      });
}

function describeTurn(id: number, { turn, known, possible, azimuth, reported_azimuth }: Turn): string {
  const text = `Rotator ${id} reports azimuth ${reported_azimuth.toFixed(1)} and is in turn ${turn}: azimuth ${azimuth.toFixed(1)}`;
  return known
    ? `${text}.\n`
    : `${text}. The turn is uncertain (possible: ${possible.join(', ')}): look at the cable, then set it with \`skyscan rotors turn ${id} <turn>\`.\n`;
}

function pointing({ azimuth, elevation }: { azimuth: number; elevation: number }): string {
  return `az ${azimuth.toFixed(1)} el ${elevation.toFixed(1)}`;
}

function describePosition(position: RotorMessage): string {
  const { setpoint, moving } = position;
  const target = moving && setpoint ? `, moving to ${pointing(setpoint)}` : moving ? ', moving' : '';
  return `${pointing(position)}${target}`;
}

function describe({ model, dialect, limits, resolution_deg }: RotorTest): string {
  const facts = [
    `${model ?? 'unknown model'} (${dialect ?? 'unknown dialect'}) answers`,
    ...(limits
      ? [`azimuth ${limits.az_min}..${limits.az_max} deg, elevation ${limits.el_min}..${limits.el_max} deg`]
      : []),
    ...(resolution_deg ? [`steps of ${resolution_deg} deg`] : []),
  ];
  return `${facts.join('; ')}.\n`;
}
