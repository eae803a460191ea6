// Topics and payloads of MQTT: `MQTT_TOPICS.sessionPoints.payload.parse(JSON.parse(text))`. Needs
// zod at run time, unlike the client.

export {
  MQTT_TOPICS,
  createTopics,
  type MqttTopic,
  type Topics,
} from '../../services/contract/mqtt-topics.ts';
export type { AlertMessage } from '../../services/contract/alert-messages.ts';
export type { PointMessage, PositionMessage, StatusMessage } from '../../services/contract/mqtt-messages.ts';
