/**
 * A thousand payloads that nobody can read hurt nobody: each is kept with its reason, and the meter next door
 * goes on.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually, startGateway } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')

/** Each kind with the code under which it must be found. */
const KINDS: readonly (readonly [string, (i: number) => string | Uint8Array])[] = [
  ['payload-not-utf8', (i) => Uint8Array.of(0xff, 0xfe, 0x80, i & 0xff)],
  ['payload-not-json', (i) => `{"flow": ${i}`],
  ['payload-not-json', () => '{"flow": NaN}'],
  ['payload-too-deep', () => `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['payload-shape', (i) => `"${'x'.repeat(100_000)}${i}"`],
  ['bad-point', (i) => `{"flow": "${i} m3/h", "volume": 1}`],
  ['forbidden-key', (i) => `{"__proto__": {"flow": ${i}}, "flow": 1}`],
  ['implausible-time', (i) => `{"time": "1970-01-01T00:00:${String(i % 60).padStart(2, '0')}Z", "flow": 1}`],
  ['implausible-time', () => '{"time": "2099-01-01T00:00:00Z", "flow": 1}'],
  ['no-known-point', (i) => `{"temperature-${i}": 21}`],
]

const EACH = 100

it('a thousand unreadable payloads are dead letters with their reasons, and the healthy meter is heard', async () => {
  await using gateway = await startGateway({ config: CONFIG })
  const [broken, healthy] = await Promise.all(
    ['meter-2', 'meter-1'].map(async (id) => openWire(gateway.mqttPort, id, await gateway.deviceToken(id))),
  )
  if (!broken || !healthy) throw new Error('no connection')
  const started = Date.now()
  for (let i = 0; i < EACH; i++) {
    await Promise.all([
      ...KINDS.map(([, payload]) => broken.publish(preparePublish('gatehouse/meter-2/readings', payload(i)))),
      healthy.publish(
        preparePublish(
          'gatehouse/meter-1/readings',
          JSON.stringify({ time: started - (EACH - i) * 1_000, flow: i }),
        ),
      ),
    ])
  }

  type Letter = { code: string; reason: string; device?: string; payload: string }
  const letters = async () => {
    const found: Letter[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await gateway.api(`/dead-letters?limit=1000${cursor ? `&cursor=${cursor}` : ''}`)
      const page = body as { items: Letter[]; next: string | null }
      found.push(...page.items)
      cursor = page.next
    }
    return found
  }
  const found = await eventually(letters, ({ length }) => length >= KINDS.length * EACH)
  const counted = Object.groupBy(found, ({ code }) => code)
  const wanted = Object.groupBy(KINDS, ([code]) => code)
  expect(Object.fromEntries(Object.entries(counted).map(([code, all]) => [code, all?.length]))).toEqual(
    Object.fromEntries(Object.entries(wanted).map(([code, kinds]) => [code, (kinds?.length ?? 0) * EACH])),
  )
  for (const { reason, device, payload } of found) {
    expect(reason).not.toBe('')
    expect(device).toBe('meter-2')
    expect(Buffer.from(payload, 'base64').length).toBeLessThanOrEqual(1_024)
  }

  const { body } = await gateway.api(
    `/devices/meter-1/readings?from=${new Date(started - HOUR_MS).toISOString()}&to=${new Date(started).toISOString()}&limit=1000`,
  )
  expect((body as { items: unknown[] }).items).toHaveLength(EACH)
  const { body: partly } = await gateway.api('/devices/meter-2')
  expect(partly).toMatchObject({ latest: { volume: { value: 1 } } })
})

const HOUR_MS = 3_600_000
