import { z } from 'zod';
import { portVariable } from '#shared/runtime/env';
import { mqttVariables } from '#shared/runtime/mqtt-client';

/** The embedded broker lets every local user read, so it has no bind address: loopback only. */
export const configSchema = z.object({
  MQTT_PORT: portVariable
    .default(1883)
    .describe('the port, on 127.0.0.1: it has no other bind address, because every local user may read'),
  /**
   * Of the user `skyscan`, who alone may publish below MQTT_BASE_TOPIC. Without it everyone may.
   */
  MQTT_PASSWORD: mqttVariables.MQTT_PASSWORD,
  MQTT_BASE_TOPIC: mqttVariables.MQTT_BASE_TOPIC,
});

export type Config = z.infer<typeof configSchema>;
