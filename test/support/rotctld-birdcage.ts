import { plainScript, type FakeRotator, type Script } from './rotctld-scripted.ts';

/** A Winegard dish behind birdcage, the server that measures with the dish's own receiver. */
export interface FakeBirdcage {
  script: Script;
  /** Whether `L` was sent. Without its amplifier it measures -120. */
  amplified: boolean;
  /** Number of `L` commands. */
  switched: number;
}

/** `level`: received level at a pointing, dBm. `capabilities`: the list after `CAPS:`. */
export function createFakeBirdcage(
  rotator: FakeRotator,
  level: (azimuthDeg: number, elevationDeg: number) => number = () => -90,
  capabilities = 'rssi,lna',
): FakeBirdcage {
  const plain = plainScript(rotator);
  const dish: FakeBirdcage = {
    amplified: false,
    switched: 0,
    script(line, caller) {
      const able = capabilities.includes('rssi');
      const reads = /^R( \d+)?$/.exec(line);
      if (line === 'D') caller.reply(`CAPS:${capabilities}\n`);
      else if ((reads || line === 'L') && !able) caller.reply('RPRT -6\n');
      else if (line === 'L') {
        dish.amplified = true;
        dish.switched++;
        caller.reply('RPRT 0\n');
      } else if (reads) {
        const received = dish.amplified ? level(...rotator.read()) : -120;
        caller.reply(`${received.toFixed(1)}\n`.repeat(Number(reads[1] ?? 1)));
      } else plain(line, caller);
    },
  };
  return dish;
}
