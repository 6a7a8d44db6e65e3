/** A clock that ran ahead and was put right: nothing is acknowledged until a person says that it is right now. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sqliteJournal } from '../../src/journal/sqlite.ts'
import { eventually, type RunningGateway, startGateway, temporaryFolder } from '../support/gateway.ts'
import { handClock } from '../support/hand-clock.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')
const AHEAD_MS = 3_600_000

/** As a gateway leaves it that ran while the clock was an hour ahead. */
async function commitAhead(dataDir: string): Promise<void> {
  const clock = handClock(Date.now() + AHEAD_MS)
  await using journal = await sqliteJournal({ file: join(dataDir, 'journal.sqlite'), clock })
  await journal.append([])
}

async function ready({ url }: RunningGateway) {
  const answer = await fetch(`${url}/readyz`)
  const { because } = (await answer.json()) as { because: { code: string }[] }
  return { status: answer.status, codes: because.map(({ code }) => code) }
}

const publish = async ({ mqttPort }: RunningGateway, password: string) => {
  const wire = await openWire(mqttPort, 'meter-1', password)
  const sample = JSON.stringify({ volume: 1_000 })
  await wire.publish(preparePublish('gatehouse/meter-1/readings', sample)).finally(() => wire.close())
}

it('is said at /readyz, stops every acknowledgement, and ends with a rebase, running or stopped', async () => {
  const dataDir = temporaryFolder('clock')
  try {
    await commitAhead(dataDir)
    await using gateway = await startGateway({ config: CONFIG, dataDir })
    const password = await gateway.deviceToken('meter-1')
    expect(await ready(gateway)).toEqual({ status: 503, codes: ['journal-clock'] })
    await expect(publish(gateway, password)).rejects.toThrow()

    expect(await gateway.command('journal', 'rebase')).toContain('goes on from the clock')
    await eventually(
      () => ready(gateway),
      ({ status }) => status === 200,
    )
    await publish(gateway, password)
    const { items } = (await gateway.api('/audit')).body as { items: { action: string; by: string }[] }
    expect(items.filter(({ action }) => action === 'journal.rebased')).toMatchObject([{ by: 'command line' }])
    await expect(gateway.command('journal', 'rebase')).rejects.toThrow('Nothing is wrong')
    await gateway.stop('SIGTERM')

    await commitAhead(dataDir)
    await gateway.command('journal', 'rebase')
    await using again = await startGateway({ config: CONFIG, dataDir })
    await eventually(
      () => ready(again),
      ({ status }) => status === 200,
    )
    await publish(again, password)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
