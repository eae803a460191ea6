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
// 64 blocks of 64 ms: whoever was away for longer loses samples, not memory.
const MAX_QUEUED_BLOCKS = 64;
/**
 * What librtlsdr says when its USB transfers end by themselves; rtl_tcp goes on without samples.
 */
const UNPLUGGED = /^cb transfer status: \d+, canceling/;

/**
 * A dongle of this host behind an rtl_tcp of our own on loopback. The process ends with the
 * connection. `expected`: its tuner, in place of what is reported.
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
  /** The program has read the list of dongles, and ends. */
  let listed = false;
  let streams = false;
  let over = false;
  const patience = setTimeout(
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

  /** What was opened so far, if anything, is another dongle. */
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
          clearTimeout(patience);
          // Its header does not report whether an R828D is that of a Blog V4; the list of dongles
          // does.
          handlers.onTuner(
            (!expected && report.tuner && tunerNamed(report.tuner, isBlogV4(report))) || tuner,
          );
        },
        onSamples: (iq) => handlers.onSamples(iq),
        onEnd(error) {
          if (streams) fail(error.message);
          // It listens once the dongle is open.
          else if (!over) retry = setTimeout(() => connect(port), LISTENING_POLL_MS);
        },
      },
    );
  }

  function release(): void {
    over = true;
    clearTimeout(patience);
    clearTimeout(retry);
  }

  function fail(reason: string): void {
    if (over) return;
    release();
    void connection?.close();
    // Unplugged, maybe: whatever is plugged in next must not be taken for it.
    if (streams || hasNoDongle(report)) dongle.forgetIndex();
    const error = new SkyScanError('unavailable', `rtl_tcp of dongle ${dongle.serial}: ${reason}`);
    // What hangs in a read hears nothing but SIGKILL; the next one finds the dongle free.
    void (child?.end(0) ?? Promise.resolve()).then(() => handlers.onEnd(error));
  }

  return {
    send: (bytes) => connection?.send(bytes),
    async close(lastCommand) {
      release();
      await connection?.close(lastCommand);
      await child?.end(END_TIMEOUT_MS);
      // Belt and braces: whether the last words were heard is not known.
      if (lastCommand) await dongle.biasTeeOff();
    },
  };
}
