/** What was acknowledged is in the history after a kill -9, whenever it comes; what was not may be sent again. */
import { join } from 'node:path'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { eventually, startGateway, temporaryFolder } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')
const KILLS = 3
const HOUR_MS = 3_600_000

it(`loses nothing acknowledged over ${KILLS} kills in the middle of the stream`, async () => {
  const dataDir = temporaryFolder('kill')
  const start = Date.now() - HOUR_MS
  const acknowledged = new Set<number>()
  let next = 0
  let password = ''
  for (let kill = 0; kill < KILLS; kill++) {
    const gateway = await startGateway({ config: CONFIG, dataDir })
    password ||= await gateway.command('device', 'token', 'meter-1')
    const wire = await openWire(gateway.mqttPort, 'meter-1', password)
    let killed: Promise<void> | undefined
    const killAt = acknowledged.size + 100 * (kill + 1)
    let isOpen = true
    wire.closed.then(() => {
      isOpen = false
    })
    const sending = []
    while (isOpen) {
      const at = start + next++
      const sample = JSON.stringify({ time: new Date(at).toISOString(), volume: 1000 + (at - start) / 1e6 })
      const sent = wire.publish(preparePublish('gatehouse/meter-1/readings', sample)).then(
        () => {
          acknowledged.add(at)
          if (acknowledged.size >= killAt) killed ??= gateway.stop('SIGKILL')
        },
        () => {},
      )
      sending.push(sent)
      if (sending.length % 32 === 0) await Promise.all([sent, turnOfTheLoop()])
    }
    await killed
    await Promise.all(sending)
  }
  expect(acknowledged.size).toBeGreaterThan(100)

  await using gateway = await startGateway({ config: CONFIG, dataDir })
  const stored = async () => {
    const instants = new Set<number>()
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = `from=${new Date(start).toISOString()}&to=${new Date(start + HOUR_MS).toISOString()}&limit=1000`
      const { body } = await gateway.api(
        `/devices/meter-1/readings?${query}${cursor ? `&cursor=${cursor}` : ''}`,
      )
      const { items, next } = body as { items: { at: string }[]; next: string | null }
      for (const { at } of items) {
        expect(instants.has(Date.parse(at)), `${at} is stored once`).toBe(false)
        instants.add(Date.parse(at))
      }
      cursor = next
    }
    return instants
  }
  const instants = await eventually(stored, (found) => found.size >= acknowledged.size)
  expect([...acknowledged].filter((at) => !instants.has(at))).toEqual([])
  expect([...instants].filter((at) => at < start || at >= start + next)).toEqual([])
})
