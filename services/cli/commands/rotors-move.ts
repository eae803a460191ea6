import type { RotorPosition, RotorTest, Turn } from '#contract/rest/rotors';
import type { Command } from 'commander';
import { parseIdOf, parseNumber, parseWhole } from '../arguments.ts';
import type { Context } from '../context.ts';
import { follow } from '../follow.ts';
import { toJson, toJsonLine } from '../output.ts';
import { readRotorMessage } from '#contract/live/read-message';
import type { RotorMessage } from '#contract/live/rotor-messages';

const ID = 'which rotator: see `skyscan rotors list`';
const parseId = parseIdOf('a rotator');
// A rotator turns more than once: its own limits are for the API to say.
const parseAzimuth = parseNumber('azimuth', -540, 900, 'deg');
const parseTurn = parseWhole('turn', -2, 2);
const parseElevation = parseNumber('elevation', -90, 90, 'deg');

/** `skyscan rotors test|position|move|turn|park|stop` */
export function rotorsMove(rotors: Command, { api, out, err, interrupted }: Context): void {
  rotors
    .command('test')
    .description('whether a rotator answers, and what it says of itself; 1 when it does not')
    .argument('<rotor>', ID, parseId)
    .option('--json', 'as the API says it')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const found = await api().get<RotorTest>(`/api/rotors/${id}/test`);
      if (json) out.write(toJson(found));
      else if (found.connected) out.write(describe(found));
      if (!found.connected) throw new Error(found.reason ?? 'the rotator does not answer');
    });

  rotors
    .command('position')
    .description('where a rotator is')
    .argument('<rotor>', ID, parseId)
    .option('--follow', 'and how it moves, until Ctrl-C')
    .option('--json', 'as the API says it; with --follow one line for each position')
    .action(async (id: number, { json, follow: on }: { json?: boolean; follow?: boolean }) => {
      if (!on) {
        const position = await api().get<RotorPosition>(`/api/rotors/${id}/position`);
        out.write(json ? toJson(position) : `${pointing(position)}\n`);
        return;
      }
      const follower = {
        read: (data: unknown) => readRotorMessage(data, id),
        onMessage: (position: RotorMessage) =>
          void out.write(json ? toJsonLine(position) : `${describePosition(position)}\n`),
        onLost: (reason: string) => void err.write(`connection lost (${reason}), trying again ...\n`),
        onBack: () => void err.write('connected again\n'),
      };
      await follow<RotorMessage>(api(), () => `/ws/rotors/${id}`, follower, interrupted);
    });

  rotors
    .command('move')
    .description('send a rotator somewhere; returns when it is on its way')
    .argument('<rotor>', ID, parseId)
    .argument('<azimuth>', 'deg, unwrapped', parseAzimuth)
    .argument('<elevation>', 'deg', parseElevation)
    .option('--json', 'as the API says it')
    .action(async (id: number, azimuth: number, elevation: number, { json }: { json?: boolean }) => {
      const answer = await api().post(`/api/rotors/${id}/move`, { azimuth, elevation });
      out.write(json ? toJsonLine(answer) : `Rotator ${id} is moving to az ${azimuth} el ${elevation}.\n`);
    });

  rotors
    .command('turn')
    .description(
      'in which turn the cable of a rotator lies that reports directions only; sets it when one is given',
    )
    .argument('<rotor>', ID, parseId)
    .argument('[turn]', 'azimuth = reported azimuth + 360 * turn', parseTurn)
    .option('--json', 'as the API says it')
    .action(async (id: number, turn: number | undefined, { json }: { json?: boolean }) => {
      const path = `/api/rotors/${id}/turn`;
      const found = turn === undefined ? await api().get<Turn>(path) : await api().post<Turn>(path, { turn });
      out.write(json ? toJsonLine(found) : describeTurn(id, found));
    });

  for (const [action, description, said] of [
    ['park', 'send a rotator to where it rests', 'is moving to where it rests'],
    ['stop', 'stop a rotator, scan or no scan', 'has stopped'],
  ] as const)
    rotors
      .command(action)
      .description(description)
      .argument('<rotor>', ID, parseId)
      .option('--json', 'as the API says it')
      .action(async (id: number, { json }: { json?: boolean }) => {
        const answer = await api().post(`/api/rotors/${id}/${action}`);
        out.write(json ? toJsonLine(answer) : `Rotator ${id} ${said}.\n`);
      });
}

function describeTurn(id: number, { turn, known, possible, azimuth, reported_azimuth }: Turn): string {
  const where = `Rotator ${id} reports azimuth ${reported_azimuth.toFixed(1)} and is in turn ${turn}: azimuth ${azimuth.toFixed(1)}`;
  return known
    ? `${where}.\n`
    : `${where}. That is not certain (possible: ${possible.join(', ')}): look at the cable, then \`skyscan rotors turn ${id} <turn>\`.\n`;
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
