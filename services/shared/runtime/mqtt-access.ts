import type { MqttClient } from 'mqtt';
import type { Logger } from './logger.ts';
import { EchoCheck } from './mqtt-echo.ts';

/**
 * Observes what the access rules of the broker block: subscriptions that it refuses, and messages
 * that it does not forward.
 */
export class MqttAccess {
  readonly #logger: Logger;
  readonly #echo: EchoCheck;
  readonly #refused = new Set<string>();
  readonly #listeners: ((trouble: string | undefined) => void)[] = [];
  #trouble: string | undefined;

  /** Calls `onVerdict` after each check of a message. */
  constructor(client: MqttClient, logger: Logger, onVerdict: () => void) {
    this.#logger = logger;
    this.#echo = new EchoCheck(client, () => {
      this.#update();
      onVerdict();
    });
  }

  /** Describes what is blocked; undefined if nothing is. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Calls `listener` now and after every change of `trouble`. */
  onTrouble(listener: (trouble: string | undefined) => void): void {
    this.#listeners.push(listener);
    listener(this.#trouble);
  }

  /**
   * Call before publishing; if it returns a function, call that after the broker's acknowledgement.
   */
  expectEcho(topic: string, payload: string): (() => void) | undefined {
    return this.#echo.expect(topic, payload);
  }

  /** Whether the topic is read to see whether the broker forwards it. */
  readsEcho(topic: string): boolean {
    return this.#echo.reads(topic);
  }

  /** Time until the next message on `topic` is checked. */
  echoDueInMs(topic: string): number {
    return this.#echo.dueInMs(topic);
  }

  /** The broker has answered a subscription. */
  subscribed(topics: readonly string[], isGranted: boolean): void {
    for (const topic of topics)
      if (isGranted) this.#refused.delete(topic);
      else this.#refused.add(topic);
    this.#update();
  }

  #update(): void {
    const trouble = describeTrouble([...this.#refused], this.#echo.missing());
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble) this.#logger.warn(`MQTT: ${trouble}`);
    else this.#logger.info('MQTT: the broker forwards all topics');
    for (const listener of this.#listeners) listener(trouble);
  }
}

/** Describes blocked topics. */
function describeTrouble(refused: string[], missing: string[]): string | undefined {
  const sentences = [
    refused.length > 0 && `the broker refuses the subscription to ${refused.join(', ')}`,
    missing.length > 0 && `the broker does not forward messages on ${missing.join(', ')}`,
  ].filter(Boolean);
  if (sentences.length === 0) return undefined;
  return `${sentences.join('; ')}: its access rules (ACL) deny it to this user`;
}
