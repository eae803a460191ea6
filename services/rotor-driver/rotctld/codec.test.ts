import { describe, expect, test } from 'vitest';
import {
  decodeLimits,
  decodeModel,
  decodePosition,
  decodeReply,
  encodeCommand,
  isComplete,
  type Command,
} from './codec.ts';
import type { Dialect } from '../motion/rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';

const position: Command = { name: 'get_pos' };
const target = { azimuthDeg: -10.4, elevationDeg: 1e-7 };

describe('commands', () => {
  test.each([
    [{ name: 'set_pos', target }, 'hamlib', '+P -10.4000 0.0000\n'],
    [{ name: 'set_pos', target }, 'plain', 'P -10.4000 0.0000\n'],
    [{ name: 'set_pos', target: { azimuthDeg: -1e-7, elevationDeg: 90 } }, 'plain', 'P 0.0000 90.0000\n'],
    [{ name: 'get_pos' }, 'hamlib', '+p\n'],
    [{ name: 'stop' }, 'plain', 'S\n'],
    [{ name: 'dump_state' }, 'hamlib', '+\\dump_state\n'],
  ] as [Command, Dialect, string][])('%j in %s', (command, dialect, line) => {
    expect(encodeCommand(command, dialect)).toBe(line);
  });

  test.each([NaN, Infinity, -Infinity])('%d is never sent', (azimuthDeg) => {
    const command: Command = { name: 'set_pos', target: { azimuthDeg, elevationDeg: 0 } };
    expect(() => encodeCommand(command, 'hamlib')).toThrow('not a finite number');
  });
});

describe('replies', () => {
  test.each([
    [position, 'hamlib', ['get_pos:', 'Azimuth: 1.00', 'Elevation: 2.00'], false],
    [position, 'hamlib', ['get_pos:', 'Azimuth: 1.00', 'Elevation: 2.00', 'RPRT 0'], true],
    [position, 'hamlib', ['get_pos:', 'RPRT -5'], true],
    [position, 'plain', ['1.00'], false],
    [position, 'plain', ['1.00', '2.00'], true],
    [position, 'plain', ['RPRT -5'], true],
    [{ name: 'stop' }, 'plain', ['RPRT 0'], true],
    [{ name: 'get_info' }, 'plain', ['Winegard'], true],
    [{ name: 'dump_state' }, 'plain', ['1', '1', 'min_az=0.0'], false],
    [{ name: 'dump_state' }, 'plain', ['1', '1', 'min_az=0.0', 'done'], true],
  ] as [Command, Dialect, string[], boolean][])(
    '%j in %s: %j is complete: %s',
    (command, dialect, lines, complete) => {
      expect(isComplete(command, dialect, lines)).toBe(complete);
    },
  );

  test.each([
    [position, 'hamlib', ['set_pos: 1 2']],
    [position, 'hamlib', ['RPRT 0']],
    [{ name: 'stop' }, 'plain', ['1.00']],
  ] as [Command, Dialect, string[]][])('%j in %s: %j is not an answer', (command, dialect, lines) => {
    expect(() => isComplete(command, dialect, lines)).toThrow(GarbledReplyError);
  });

  test('a refusal is decoded to its code', () => {
    expect(decodeReply('hamlib', ['set_pos: 999 0', 'RPRT -1'])).toEqual({ code: -1, lines: [] });
    expect(decodeReply('plain', ['RPRT -6'])).toEqual({ code: -6, lines: [] });
  });
});

describe('positions', () => {
  test('have two numbers', () => {
    expect(decodePosition('plain', ['-10.40', '7'])).toEqual({ azimuthDeg: -10.4, elevationDeg: 7 });
    expect(decodePosition('hamlib', ['Azimuth: 7.23', 'Elevation: -0.00'])).toEqual({
      azimuthDeg: 7.23,
      elevationDeg: 0,
    });
  });

  test.each([
    'nan',
    'NaN',
    '-nan',
    'inf',
    '-inf',
    '1e999',
    '1e3',
    '12,5',
    '',
    ' ',
    '1.',
    '0x10',
    '+5',
    '9999999',
    '1 2',
  ])('%j is not a position', (text) => {
    expect(() => decodePosition('plain', [text, '0.00'])).toThrow(GarbledReplyError);
    expect(() => decodePosition('hamlib', ['Azimuth: 0.00', `Elevation: ${text}`])).toThrow();
  });

  test.each([[[]], [['1.00']], [['1.00', '2.00', '3.00']]])('%j does not have two lines', (lines) => {
    expect(() => decodePosition('plain', lines)).toThrow(GarbledReplyError);
  });
});

describe('descriptions', () => {
  const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };

  test.each([
    [
      'the extended form',
      [
        'rotctld Protocol Ver: 1',
        'Rotor Model: 1',
        'Minimum Azimuth: -180.000000',
        'Maximum Azimuth: 450.000000',
      ].concat(['Minimum Elevation: 0.000000', 'Maximum Elevation: 90.000000', 'South Zero: 0', 'done']),
    ],
    [
      'the plain form',
      ['1', '1', 'min_az=-180.0', 'max_az=450.0', 'min_el=0.0', 'max_el=90.0', 'south_zero=0', 'done'],
    ],
    ['the bare form of older daemons', ['0', '2', '-180.000000', '450.000000', '0.000000', '90.000000']],
  ])('limits in %s', (_, lines) => {
    expect(decodeLimits(lines)).toEqual(limits);
  });

  test.each([
    ['nothing', []],
    ['not a number', ['1', '1', 'min_az=nan', 'max_az=450.0', 'min_el=0.0', 'max_el=90.0']],
    ['an empty range', ['1', '1', 'min_az=0.0', 'max_az=0.0', 'min_el=0.0', 'max_el=0.0']],
    ['a missing limit', ['1', '1', 'min_az=0.0', 'max_az=450.0', 'min_el=0.0']],
  ])('%s is not decoded to limits', (_, lines) => {
    expect(decodeLimits(lines)).toBeUndefined();
  });

  test('the model has manufacturer and name, printable and short', () => {
    expect(decodeModel(['Model name:\t\tGS-232B', 'Mfg name:\t\tYaesu'])).toBe('Yaesu GS-232B');
    expect(decodeModel([`Model name:\x1b[31m${'x'.repeat(100)}`])).toBe(`[31m${'x'.repeat(56)}`);
    expect(decodeModel([])).toBeUndefined();
  });
});
