import { createFakeRotator, type FakeRotator } from './rotctld-scripted.ts';
import { openSerialPort, type SerialPort } from './serial-port.ts';

/**
 * A Yaesu GS-232B at a serial port, for Hamlib's backend 603: it uses whole degrees, reports 350
 * for -10, replies late, and does not acknowledge moves or stops. Its rotator turns from south to
 * south through north.
 */
export interface Gs232b {
  serial: SerialPort;
  /** True pointing of the antenna. */
  read: FakeRotator['read'];
  /** Whether it has power; without power it does not reply and its motors stop. */
  powered: boolean;
  /** Every command received, in order. */
  log: string[];
  close(): Promise<void>;
}

// 17 characters at 9600 bit/s, plus the controller's processing time.
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
      if (powered) execute(command);
    }
  });

  function execute(command: string): void {
    const move = /^W(\d{3}) (\d{3})$/.exec(command);
    if (command === 'S') rotator.stop();
    else if (move) rotator.go(toSigned(Number(move[1])), Number(move[2]));
    else if (command === 'C2') setTimeout(() => powered && serial.write(position()), ANSWER_MS);
  }

  function position(): string {
    const [azimuthDeg, elevationDeg] = rotator.read();
    const formatDeg = (deg: number) => String((Math.round(deg) + 360) % 360).padStart(3, '0');
    return `AZ=${formatDeg(azimuthDeg)}  EL=${formatDeg(elevationDeg)}\r\n`;
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

function toSigned(deg: number): number {
  return deg > 180 ? deg - 360 : deg;
}
