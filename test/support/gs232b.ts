import { createFakeRotator, type FakeRotator } from './rotctld-scripted.ts';
import { openSerialPort, type SerialPort } from './serial-port.ts';

/**
 * A Yaesu GS-232B at a serial port, for Hamlib's backend 603: it takes and says whole degrees, says
 * 350 for -10, answers late, and says nothing at all to a move or a stop. Its rotator turns from
 * south to south through north.
 */
export interface Gs232b {
  serial: SerialPort;
  /** Where the antenna really points. */
  read: FakeRotator['read'];
  /** Without power: it says nothing, and its motors stand. */
  powered: boolean;
  /** Every command that it was sent, in order. */
  log: string[];
  close(): Promise<void>;
}

// 17 characters at 9600 bit/s, and what the controller needs to think.
const ANSWER_MS = 30;

export async function startGs232b(degPerS: number): Promise<Gs232b> {
  const rotator = createFakeRotator(degPerS);
  const log: string[] = [];
  let powered = true;
  let rest = '';
  const serial = await openSerialPort((text) => {
    const commands = (rest + text).split('\r');
    rest = commands.pop() ?? '';
    for (const command of commands) {
      if (command === '') continue;
      log.push(command);
      if (powered) obey(command);
    }
  });

  function obey(command: string): void {
    const move = /^W(\d{3}) (\d{3})$/.exec(command);
    if (command === 'S') rotator.stop();
    else if (move) rotator.go(belowSouth(Number(move[1])), Number(move[2]));
    else if (command === 'C2') setTimeout(() => powered && serial.say(position()), ANSWER_MS);
  }

  function position(): string {
    const [azimuthDeg, elevationDeg] = rotator.read();
    const said = (deg: number) => String((Math.round(deg) + 360) % 360).padStart(3, '0');
    return `AZ=${said(azimuthDeg)}  EL=${said(elevationDeg)}\r\n`;
  }

  return {
    serial,
    log,
    read: () => rotator.read(),
    get powered() {
      return powered;
    },
    set powered(on) {
      if (!on) rotator.stop();
      powered = on;
    },
    close: () => serial.close(),
  };
}

function belowSouth(deg: number): number {
  return deg > 180 ? deg - 360 : deg;
}
