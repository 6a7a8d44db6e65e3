/** Reaches the verdict of an alarm again from nothing but what was kept with it, by the rule kinds of this release. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Outcome, reproduce } from '../backtest/reproduce.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { becauseText } from '../model/words.ts'
import type { Command } from './command.ts'
import { configOf, parse, withOperations } from './options.ts'

export const replay: Command = {
  name: 'replay',
  usage: 'replay ALARM [--config FILE]',
  summary: 'Reach the verdict of an alarm again from its evidence; exit 1 where it differs.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['ALARM'])
    const [id = ''] = positionals
    const config = configOf(values, terminal)
    if (!existsSync(join(config.data.dir, 'operations.sqlite'))) {
      throw new GatehouseError('not-found', `There are no alarms in ${config.data.dir}`)
    }
    const { alarm, evidence } = await withOperations(config, async (operations) => ({
      alarm: await operations.alarms.get(id),
      evidence: await operations.evidence.of(id),
    }))
    if (!alarm) throw new GatehouseError('not-found', `There is no alarm ${id}`)
    if (!evidence) throw new GatehouseError('not-found', `Alarm ${id} has no evidence`)
    const { rule, version, kind, subject, at, because, readings, from, cut } = evidence
    const { step, readings: again } = reproduce(evidence)
    terminal.out(`${rule} (${kind}, version ${version}) on ${subject}`)
    terminal.out(`told:          ${asText(at)} ${becauseText(because, 'en')}`)
    terminal.out(`by its step:   ${said(step)}`)
    const less = cut === undefined ? '' : `; more had been heard (${cut})`
    terminal.out(`by readings:   ${said(again)} (${readings.length} readings since ${asText(from)}${less})`)
    if (again.differs.length > 0 && step.differs.length === 0) {
      terminal.out('               the rule knew more than these readings: its step shows what')
    }
    return step.differs.length === 0 ? 0 : 1
  },
}

const said = ({ verdict, differs }: Outcome): string =>
  differs.length === 0 && verdict
    ? `${asText(verdict.at)} ${becauseText(verdict.because, 'en')}: the same`
    : `not the same: ${differs.join('; ')}`

const asText = (at: Instant) => new Date(at).toISOString()
