import type { Http2Session } from 'node:http2';

const PING_MS = 2_000;
// Unanswered pings are counted, not milliseconds: after a stall of this process the answers that
// wait in the socket are read before the next ping.
const MAX_UNANSWERED = 2;

/**
 * Ends the session when the other end does not answer for 4 to 6 s. The system would notice a lost
 * network only after minutes.
 */
export function endWhenSilent(session: Http2Session): void {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (session.destroyed) return;
    if (unanswered >= MAX_UNANSWERED) session.destroy();
    else if (session.ping(() => (unanswered = 0))) unanswered++;
  }, PING_MS);
  session.once('close', () => clearInterval(timer));
}
