/**
 * A gateway that makes a mistake on purpose, for the negative controls. It writes the same journal with the
 * same parts, so that a real gateway can be asked afterwards what it did.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import type { Listener } from '../../src/connect/connector.ts'
import { embeddedBroker } from '../../src/connect/embedded-broker.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { createIntake } from '../../src/intake/intake.ts'
import type { IntakeOptions } from '../../src/intake/options.ts'
import { sqliteJournal } from '../../src/journal/sqlite.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { openOperations } from '../../src/operations/open.ts'
import { compileProfiles } from '../../src/profiles/directory.ts'

type Deliver = Listener['deliver']

/** `mistaken` makes of the right way to deliver a wrong one. */
export async function runGateway(
  mistaken: (deliver: Deliver) => Deliver,
  options: Partial<IntakeOptions> = {},
): Promise<void> {
  const config = loadConfig(process.argv[process.argv.indexOf('--config') + 1], {})
  const { dir } = config.data
  const edge = { clock: systemClock, log: SILENT_LOG }
  const directory = compileProfiles(config.profiles, config.site.devices)
  const { registry } = await openOperations({ dir, clock: systemClock })
  const journal = await sqliteJournal({ ...edge, file: join(dir, 'journal.sqlite'), options: config.journal })
  const intake = createIntake({
    directory,
    journal,
    clock: systemClock,
    options: { ...config.intake, ...options },
  })
  const broker = embeddedBroker(config.mqtt, {
    ...edge,
    async authenticate(username, password) {
      const identity = await registry.checkDevice(username, Buffer.from(password).toString())
      return identity ? { name: username, publish: ['gatehouse/#'], subscribe: [] } : null
    },
  })
  await broker.start({ deliver: mistaken(intake.deliver), link() {}, gap() {} })
  writeFileSync(join(dir, 'ports.json'), JSON.stringify({ http: 0, mqtt: broker.port }))
}
