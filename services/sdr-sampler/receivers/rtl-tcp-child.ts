import { SkyScanError } from '#shared/base/errors';
import { freePort } from '#shared/runtime/free-port';
import { emptyReport, hasNoDongle, isBlogV4, readReport, tuningFailure } from '../domain/device-report.ts';
import { startChild, type Child } from './child.ts';
import type { LocalDongle } from './local-dongle.ts';
import { openRtlTcp, type RtlTcpConnection, type RtlTcpHandlers } from './rtl-tcp-connection.ts';
import { tunerNamed, type TunerName } from './tuners.ts';

const START_TIMEOUT_MS = 6_000;
const LISTENING_POLL_MS = 50;
const END_TIMEOUT_MS = 1_000;
// 64 blocks of 64 ms: after a longer stall, samples are lost instead of filling the memory.
const MAX_QUEUED_BLOCKS = 64;
/** librtlsdr's message when its USB transfers end; rtl_tcp continues without samples. */
const UNPLUGGED = /^cb transfer status: \d+, canceling/;

/**
 * Opens a dongle of this host through an rtl_tcp process on loopback, which ends with the
 * connection. `expected` overrides the reported tuner.
 */
export function openRtlTcpChild(
  dongle: LocalDongle,
  sampleRateHz: number,
  expected: TunerName | undefined,
  handlers: RtlTcpHandlers,
): RtlTcpConnection {
  let report = emptyReport();
  let child: Child | undefined;
  let connection: RtlTcpConnection | undefined;
  let retry: NodeJS.Timeout | undefined;
  let found = false;
  /** The program has listed the dongles and is ending. */
  let listed = false;
  let streams = false;
  let over = false;
  const timeout = setTimeout(
    () => fail(`did not start within ${START_TIMEOUT_MS / 1000} s`),
    START_TIMEOUT_MS,
  );
  void freePort().then(start, (error: unknown) => fail(String(error)));

  function start(port: number): void {
    if (over) return;
    const args = ['-a', '127.0.0.1', '-p', port, '-d', dongle.argument, '-s', sampleRateHz];
    const started = startChild('rtl_tcp', [...args, '-n', MAX_QUEUED_BLOCKS].map(String), {
      onStderrLine(line) {
        if (listed) return;
        if (streams && UNPLUGGED.test(line)) fail(`the dongle is gone (${line})`);
        const refused = streams ? tuningFailure(line) : undefined;
        if (refused) fail(refused);
        readReport(report, line);
        const verdict = dongle.check(report);
        if (verdict === 'unknown yet' || found || over) return;
        if (verdict === 'looked up') {
          void startAgain(port);
          return;
        }
        if (verdict !== 'right') {
          fail(verdict.wrong);
          return;
        }
        found = true;
        connect(port);
      },
      onExit(reason) {
        if (!listed && child === started) fail(report.failure ?? reason);
      },
    });
    child = started;
  }

  /** If the program has opened a dongle, it is the wrong one. */
  async function startAgain(port: number): Promise<void> {
    listed = true;
    await child?.end(0);
    listed = false;
    report = emptyReport();
    start(port);
  }

  function connect(port: number): void {
    connection = openRtlTcp(
      { host: '127.0.0.1', port, tuner: expected },
      {
        onTuner(tuner) {
          streams = true;
          clearTimeout(timeout);
          // The header does not distinguish the R828D of a Blog V4; the list of dongles does.
          handlers.onTuner(
            (!expected && report.tuner && tunerNamed(report.tuner, isBlogV4(report))) || tuner,
          );
        },
        onSamples: (iq) => handlers.onSamples(iq),
        onEnd(error) {
          if (streams) fail(error.message);
          // rtl_tcp listens only after it has opened the dongle.
          else if (!over) retry = setTimeout(() => connect(port), LISTENING_POLL_MS);
        },
      },
    );
  }

  function release(): void {
    over = true;
    clearTimeout(timeout);
    clearTimeout(retry);
  }

  function fail(reason: string): void {
    if (over) return;
    release();
    void connection?.close();
    // The dongle may have been unplugged: another one may get its index.
    if (streams || hasNoDongle(report)) dongle.forgetIndex();
    const error = new SkyScanError('unavailable', `rtl_tcp of dongle ${dongle.serial}: ${reason}`);
    // A process blocked in a read only reacts to SIGKILL; afterwards the dongle is free for the
    // next one.
    void (child?.end(0) ?? Promise.resolve()).then(() => handlers.onEnd(error));
  }

  return {
    send: (bytes) => connection?.send(bytes),
    async close(lastCommand) {
      release();
      await connection?.close(lastCommand);
      await child?.end(END_TIMEOUT_MS);
      // Also with rtl_biast: rtl_tcp may not have executed the last command.
      if (lastCommand) await dongle.biasTeeOff();
    },
  };
}
