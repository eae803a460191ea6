import type { IPublishPacket, MqttClient } from 'mqtt';

// A broker that reloads its access rules keeps its connections.
const CHECK_AGAIN_MS = 60_000;
const CHECK_MISSING_AGAIN_MS = 10_000;
// A broker that restarts or loses a node may lose one echo.
const CHECK_SUSPECT_AGAIN_MS = 2_000;
const MISSES_TO_REPORT = 2;
// The echo precedes the acknowledgement of the unsubscription if the broker handles the packets of
// a client in order.
const GRACE_MS = 1_000;

type MessageEvent = [topic: string, payload: Buffer, packet: IPublishPacket];

interface Check {
  topic: string;
  onMessage: (...message: MessageEvent) => void;
}

/**
 * Detects whether the broker forwards what this client publishes; MQTT 3.1.1 does not report that
 * it does not. Checks the first message of each topic pattern after connecting, then one per
 * minute: subscribes before publishing and waits for the echo. Two missing echoes in a row mean
 * that it does not.
 */
export class EchoCheck {
  readonly #client: MqttClient;
  readonly #onVerdict: () => void;
  readonly #dueMs = new Map<string, number>();
  /** Missing echoes in a row. */
  readonly #misses = new Map<string, number>();
  readonly #checks = new Map<string, Check>();
  /** Topics with a subscription for a check. */
  readonly #read = new Set<string>();

  /** Calls `onVerdict` after each check. */
  constructor(client: MqttClient, onVerdict: () => void) {
    this.#client = client;
    this.#onVerdict = onVerdict;
    client.on('connect', () => this.#restart());
  }

  /** Topic patterns (`skyscan/rotors/+/position`) that are not forwarded. */
  missing(): string[] {
    return [...this.#misses].filter(([, misses]) => misses >= MISSES_TO_REPORT).map(([pattern]) => pattern);
  }

  /** Whether the topic is read for a check: nothing else needs its messages. */
  reads(topic: string): boolean {
    return this.#read.has(topic);
  }

  /** Time until the next message on `topic` is checked. */
  dueInMs(topic: string): number {
    return Math.max(0, (this.#dueMs.get(patternOf(topic)) ?? 0) - performance.now());
  }

  /**
   * Call before publishing; if it returns a function, call that after the broker's acknowledgement.
   */
  expect(topic: string, payload: string): (() => void) | undefined {
    const client = this.#client;
    const pattern = patternOf(topic);
    if (this.#checks.has(pattern) || this.dueInMs(topic) > 0) return undefined;
    let arrived = false;
    let readable = true;
    const onMessage = (...[name, content, packet]: MessageEvent) => {
      if (name === topic && !packet.retain && content.toString() === payload) arrived = true;
    };
    client.on('message', onMessage);
    const check = { topic, onMessage };
    this.#checks.set(pattern, check);
    this.#dueMs.set(pattern, performance.now() + CHECK_AGAIN_MS);
    this.#read.add(topic);
    client.subscribe(topic, { qos: 1 }, (error) => (readable = !error));
    return () => {
      if (this.#checks.get(pattern) !== check) return;
      client.unsubscribe(topic, () => {
        // Without permission to read the topic, the check has no result.
        if (arrived || !readable) this.#conclude(pattern, true);
        else setTimeout(() => this.#conclude(pattern, arrived), GRACE_MS).unref();
      });
    };
  }

  #restart(): void {
    this.#dueMs.clear();
    for (const [pattern, { topic, onMessage }] of this.#checks) {
      this.#client.off('message', onMessage);
      // Otherwise the library would subscribe again.
      this.#client.unsubscribe(topic, () => this.#forget(topic));
      this.#checks.delete(pattern);
    }
  }

  #forget(topic: string): void {
    if (this.#checks.get(patternOf(topic))?.topic !== topic) this.#read.delete(topic);
  }

  #conclude(pattern: string, arrived: boolean): void {
    const check = this.#checks.get(pattern);
    if (!check) return;
    this.#client.off('message', check.onMessage);
    this.#checks.delete(pattern);
    this.#forget(check.topic);
    const misses = arrived ? 0 : (this.#misses.get(pattern) ?? 0) + 1;
    this.#misses.set(pattern, misses);
    this.#dueMs.set(pattern, performance.now() + checkAgainMs(misses));
    this.#onVerdict();
  }
}

function patternOf(topic: string): string {
  return topic.replace(/(?<=\/)\d+(?=\/)/g, '+');
}

function checkAgainMs(misses: number): number {
  if (misses === 0) return CHECK_AGAIN_MS;
  return misses < MISSES_TO_REPORT ? CHECK_SUSPECT_AGAIN_MS : CHECK_MISSING_AGAIN_MS;
}
