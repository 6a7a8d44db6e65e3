/**
 * The campus with doors and pipes only, and a webhook that hears of every alarm and of those that nobody
 * answers for an hour.
 */
import { join } from 'node:path'

export const notifying = (url: string) => ({
  GATEHOUSE_RULES: join(import.meta.dirname, 'site/rules.yaml'),
  GATEHOUSE_NOTIFY_CHANNELS: `[{ name: office, kind: webhook, url: "${url}", secret: ${'s'.repeat(32)} }]`,
  GATEHOUSE_NOTIFY_ROUTES: '[{ channel: office, events: [alarm.raised] }]',
  GATEHOUSE_NOTIFY_ESCALATION:
    '[{ name: night, severities: [critical], steps: [{ afterMs: 3600000, channels: [office] }] }]',
})
