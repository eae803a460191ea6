import { describe, expect, test } from 'vitest';
import { decodeCapabilities, decodeReads, hasAllReads, isNotHamlib } from './birdcage.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';

describe('an answer to dump_state', () => {
  test.each([
    ['a refusal', { code: 1, lines: [] }, true],
    ['another refusal', { code: -6, lines: [] }, true],
    ['something else', { code: 0, lines: ['Winegard G2', 'ready'] }, true],
    ['a state', { code: 0, lines: ['1', '1', 'min_az=0.0', 'done'] }, false],
    ['a state without names', { code: 0, lines: ['0', '2', '0.000000', '360.000000'] }, false],
    ['a state that was cut short', { code: 0, lines: ['1'] }, false],
    ['success without lines', { code: 0, lines: [] }, false],
  ])('%s', (_, reply, expected) => {
    expect(isNotHamlib(reply)).toBe(expected);
  });
});

describe('capabilities', () => {
  test.each([
    [['CAPS:rssi,lna'], { isBirdcage: true, receiver: { lna: true } }],
    [['CAPS:rssi'], { isBirdcage: true, receiver: { lna: false } }],
    [['CAPS:lna, rssi'], { isBirdcage: true, receiver: { lna: true } }],
    [['CAPS:'], { isBirdcage: true, receiver: undefined }],
    [['CAPS:lna'], { isBirdcage: true, receiver: undefined }],
    [['0.000000'], { isBirdcage: false }],
    [[], { isBirdcage: false }],
    [['CAPS:rssi', 'CAPS:lna'], { isBirdcage: false }],
    [[`CAPS:${'rssi,'.repeat(100)}`], { isBirdcage: false }],
  ])('%j', (lines, expected) => {
    expect(decodeCapabilities(lines)).toEqual(expected);
  });
});

describe('reads', () => {
  test.each([
    ['on separate lines', ['-90', '-91.5', '-92'], [-90, -91.5, -92]],
    ['on one line', ['-90 -91.5 -92'], [-90, -91.5, -92]],
    ['with a label', ['RSSI: -90 -91.5', 'RSSI: -92'], [-90, -91.5, -92]],
    ['a summary on lines', ['3', '-90', '-93'], [-88.5, -88.5, -93]],
    ['a summary on one line', ['3 -90 -93'], [-88.5, -88.5, -93]],
  ])('%s', (title, lines, levels) => {
    expect(hasAllReads(lines, 3)).toBe(true);
    expect(hasAllReads(lines.slice(0, -1), 3)).toBe(false);
    expect(decodeReads(lines, 3)).toEqual({ levels, summarised: title.startsWith('a summary') });
  });

  test('a single read gives one level', () => {
    expect(decodeReads(['-90'], 1)).toEqual({ levels: [-90], summarised: false });
    expect(decodeReads(['1 -90 -90'], 1)).toEqual({ levels: [-90], summarised: false });
  });

  test.each([
    ['nan -90 -90'],
    ['-90 inf -90'],
    ['-90 -90 1e999'],
    ['-90 -90 -92,5'],
    ['-90 -90 -90 -90'],
    ['-90 -90 -1001'],
    ['3 -90 -91 -92'],
    ['<html> -90 -90'],
  ])('%j is invalid', (line) => {
    expect(() => decodeReads([line], 3)).toThrow(GarbledReplyError);
  });
});
