import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { RotctlRequest } from './parser.ts';

/** Error codes of Hamlib (`enum rig_errcode_e` in rig.h). */
export const RIG_OK = 0;
export const RIG_EINVAL = -1;
export const RIG_ECONF = -2;
export const RIG_ETIMEOUT = -5;
export const RIG_EIO = -6;
export const RIG_EINTERNAL = -7;
export const RIG_EPROTO = -8;
export const RIG_ERJCTED = -9;
export const RIG_ENAVAIL = -11;

/** How a rotator introduces itself. */
export interface RotctlIdentity {
  model: string;
  manufacturer: string;
}

/** The answer to `p`: two lines, or labelled ones. */
export function positionReply(request: RotctlRequest, { azimuthDeg, elevationDeg }: Pointing): string {
  const az = azimuthDeg.toFixed(2);
  const el = elevationDeg.toFixed(2);
  return request.separator === undefined
    ? `${az}\n${el}\n`
    : extended(request, [`Azimuth: ${az}`, `Elevation: ${el}`], 0);
}

/** The answer to a command without data. */
export function resultReply(request: RotctlRequest, code: number): string {
  return request.separator === undefined ? `RPRT ${code}\n` : extended(request, [], code);
}

export function infoReply(request: RotctlRequest, info: string): string {
  return request.separator === undefined ? `${info}\n` : extended(request, [`Info: ${info}`], 0);
}

export function stateReply(request: RotctlRequest, limits: TravelLimits): string {
  const az = [limits.azMinDeg.toFixed(6), limits.azMaxDeg.toFixed(6)] as const;
  const el = [limits.elMinDeg.toFixed(6), limits.elMaxDeg.toFixed(6)] as const;
  if (request.separator !== undefined)
    return extended(
      request,
      [
        'rotctld Protocol Ver: 1',
        'Rotor Model: 1',
        `Minimum Azimuth: ${az[0]}`,
        `Maximum Azimuth: ${az[1]}`,
        `Minimum Elevation: ${el[0]}`,
        `Maximum Elevation: ${el[1]}`,
        'South Zero: 0',
        'rot_type=AzEl',
        'done',
      ],
      0,
    );
  const lines = ['1', '1', `min_az=${az[0]}`, `max_az=${az[1]}`, `min_el=${el[0]}`, `max_el=${el[1]}`];
  return [...lines, 'south_zero=0', 'rot_type=AzEl', 'done', ''].join('\n');
}

/** Hamlib separates capabilities by newlines in both forms, and ends both with a result code. */
export function capsReply(
  request: RotctlRequest,
  { model, manufacturer }: RotctlIdentity,
  limits: TravelLimits,
): string {
  const caps = [
    'Caps dump for model:\t1',
    `Model name:\t\t${model}`,
    `Mfg name:\t\t${manufacturer}`,
    'Backend version:\t1.0',
    'Backend copyright:\tMIT',
    'Backend status:\t\tStable',
    'Rot type:\t\tAz-El',
    'Port type:\t\tNone',
    'Write delay:\t\t0mS, timeout 0mS, 0 retries',
    'Post Write delay:\t0mS',
    `Min Azimuth:\t\t${limits.azMinDeg.toFixed(2)}`,
    `Max Azimuth:\t\t${limits.azMaxDeg.toFixed(2)}`,
    `Min Elevation:\t\t${limits.elMinDeg.toFixed(2)}`,
    `Max Elevation:\t\t${limits.elMaxDeg.toFixed(2)}`,
    'Has priv data:\t\tN',
    'Has Init:\t\tY',
    'Has Cleanup:\t\tY',
    'Has Open:\t\tY',
    'Has Close:\t\tY',
    'Can set Conf:\t\tN',
    'Can get Conf:\t\tN',
    'Can set Position:\tY',
    'Can get Position:\tY',
    'Can Stop:\t\tY',
    'Can Park:\t\tY',
    'Can Reset:\t\tN',
    'Can Move:\t\tN',
    'Can get Info:\t\tY',
    '',
    'Overall backend warnings: 0',
  ];
  const echo = request.separator === undefined ? '' : `dump_caps:${request.separator}`;
  return `${echo}${caps.join('\n')}\nRPRT 0\n`;
}

function extended(request: RotctlRequest, lines: string[], code: number): string {
  return [echoOf(request), ...lines, ''].join(request.separator) + `RPRT ${code}\n`;
}

function echoOf(request: RotctlRequest): string {
  if (request.name === 'set_pos') return `set_pos: ${request.azimuth} ${request.elevation}`;
  if (request.name !== 'unavailable') return `${request.name}:`;
  return [`${request.hamlibName}:`, ...request.args].join(' ');
}
