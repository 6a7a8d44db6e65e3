/** A backup made in the middle of the stream becomes a gateway that holds all that was acknowledged before it. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually, type RunningGateway, startGateway, temporaryFolder } from '../support/gateway.ts'
import { openWire, preparePublish, type Wire } from '../support/mqtt-wire.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')
const HOUR_MS = 3_600_000
/** Files are sealed every few hundred milliseconds and merged, so that the backup meets both. */
const environment = { GATEHOUSE_HISTORIAN_EMBEDDED_SEALREADINGS: '1000' }

/** As fast as it is acknowledged, one sample a millisecond of the past hour, until called off. */
function streamOf(wire: Wire, start: number) {
  const acknowledged = new Set<number>()
  let sent = 0
  let isGoing = true
  const running = (async () => {
    const under: Promise<unknown>[] = []
    while (isGoing) {
      const at = start + sent++
      const sample = JSON.stringify({ time: new Date(at).toISOString(), volume: 1000 + sent / 1000 })
      under.push(
        wire.publish(preparePublish('gatehouse/meter-1/readings', sample)).then(() => acknowledged.add(at)),
      )
      if (under.length >= 16) await Promise.all(under.splice(0))
    }
    await Promise.all(under)
  })()
  return {
    acknowledged,
    get sent() {
      return sent
    },
    async stop() {
      isGoing = false
      await running
    },
  }
}

async function stored(gateway: RunningGateway, from: number): Promise<number[]> {
  const instants: number[] = []
  const period = `from=${new Date(from).toISOString()}&to=${new Date(from + HOUR_MS).toISOString()}`
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/devices/meter-1/readings?${period}&limit=1000${cursor ? `&cursor=${cursor}` : ''}`
    const { items, next } = (await gateway.api(path)).body as {
      items: { at: string }[]
      next: string | null
    }
    instants.push(...items.map(({ at }) => Date.parse(at)))
    cursor = next
  }
  return instants
}

const open = async (gateway: RunningGateway, what: string) =>
  ((await gateway.api(`/${what}?state=open`)).body as { items: { id: string; state: string }[] }).items

it('is made under load and restored whole: readings, alarms, orders, credentials', async () => {
  const [folder, restoredDir] = [temporaryFolder('backup'), temporaryFolder('restored')]
  try {
    const start = Date.now() - HOUR_MS
    await using gateway = await startGateway({ config: CONFIG, environment })
    const password = await gateway.deviceToken('meter-1')
    const other = await gateway.deviceToken('meter-2')

    const bursting = await openWire(gateway.mqttPort, 'meter-2', other)
    const burst = preparePublish('gatehouse/meter-2/readings', JSON.stringify({ flow: 12 }))
    const timer = setInterval(() => bursting.publish(burst).catch(() => {}), 300)
    const [order] = await eventually(
      () => open(gateway, 'work-orders'),
      ({ length }) => length > 0,
    ).finally(() => clearInterval(timer))
    const body = { to: 'dispatched', assignee: 'Plumbers Ltd' }
    await gateway.api(`/work-orders/${order?.id}/transitions`, { method: 'POST', role: 'operator', body })
    const [alarm] = await open(gateway, 'alarms')
    await gateway.api(`/alarms/${alarm?.id}/acknowledge`, { method: 'POST', role: 'operator', body: {} })

    const stream = streamOf(await openWire(gateway.mqttPort, 'meter-1', password), start)
    await eventually(
      async () => stream.acknowledged.size,
      (size) => size > 3_000,
    )
    const before = new Set(stream.acknowledged)
    expect(await gateway.command('backup', folder)).toContain(folder)
    const during = stream.acknowledged.size - before.size
    await stream.stop()
    expect(during, 'readings went on while it was made').toBeGreaterThan(100)
    await expect(gateway.command('restore', folder), 'onto a running gateway').rejects.toThrow('is running')
    await gateway.stop('SIGKILL')

    expect(await gateway.command('restore', folder, '--to', restoredDir)).toContain(restoredDir)
    await using restored = await startGateway({ config: CONFIG, environment, dataDir: restoredDir })
    const found = await eventually(
      () => stored(restored, start),
      ({ length }) => length >= before.size,
    )
    const instants = new Set(found)
    expect(found.length, 'each once').toBe(instants.size)
    expect([...before].filter((at) => !instants.has(at))).toEqual([])
    expect(found.filter((at) => at < start || at >= start + stream.sent)).toEqual([])
    expect(await open(restored, 'alarms')).toEqual([
      expect.objectContaining({ id: alarm?.id, state: 'active-acknowledged' }),
    ])
    expect(await open(restored, 'work-orders')).toEqual([
      expect.objectContaining({ id: order?.id, state: 'dispatched' }),
    ])
    const again = await openWire(restored.mqttPort, 'meter-1', password)
    await again.publish(preparePublish('gatehouse/meter-1/readings', JSON.stringify({ volume: 5_000 })))
    again.close()
  } finally {
    for (const dir of [folder, restoredDir]) rmSync(dir, { recursive: true, force: true })
  }
})
