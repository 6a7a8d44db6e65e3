/**
 * Keeps the rules in force: what is recorded of them at the start, reads the file again when a person asks
 * for it, and says what they lack. A file that is not valid changes nothing; a person is told exactly why.
 */
import type { Alarms } from '../consumers/alarms.ts'
import type { Obstacle } from '../http/services.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { inWords, said } from '../model/refusal.ts'
import type { Site } from '../model/site.ts'
import { yearsWithoutData } from '../model/work-calendar.ts'
import type { Operations } from '../operations/operations.ts'
import type { ReloadRules, RuleChange, RuleInForce } from '../operations/rule-changes.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { readRules } from './rules.ts'
import { answerRulesRequests } from './rules-request.ts'

export type RulebookParts = {
  /** The data folder, where a command leaves its request. */
  readonly folder: string
  /** Undefined where the configuration names none. */
  readonly file: string | undefined
  readonly site: Site
  /** Throws GatehouseError `config-invalid`. */
  readonly bind: (rules: readonly RuleConfig[]) => readonly BoundRule[]
  readonly alarms: Pick<Alarms, 'engine' | 'exchange'>
  readonly operations: Pick<Operations, 'ruleChanges'>
  readonly clock: Clock
  readonly log: Log
}

export type Rulebook = Disposable & {
  readonly reload: ReloadRules
  /** Calendars that have no data for the year. */
  warnings(): readonly Obstacle[]
}

export async function keepRules(parts: RulebookParts): Promise<Rulebook> {
  const { folder, file, site, bind, alarms, operations, clock, log } = parts
  const { ruleChanges } = operations
  const found = { by: 'gateway', reason: 'found at the start' }
  await ruleChanges.record(inForce(alarms.engine.rules), found)

  const read = (): readonly BoundRule[] => {
    try {
      if (file === undefined) throw new Error('The configuration names no file of rules')
      return bind(readRules(file))
    } catch (cause) {
      throw new GatehouseError('rules-refused', (cause as Error).message, { cause })
    }
  }

  const reload: ReloadRules = async (author) => {
    const rules = read()
    let changes: readonly RuleChange[] = []
    await alarms.exchange({
      rules,
      async record() {
        changes = await ruleChanges.record(inForce(rules), author)
      },
    })
    log.info({ ...author, changed: changes.map(({ rule }) => rule) }, 'Other rules are in force')
    return changes
  }

  const warnings = () =>
    (site.calendars ?? []).flatMap((calendar): Obstacle[] =>
      yearsWithoutData(calendar, site.timeZone, clock.now()).map((year) => ({
        code: 'calendar-incomplete',
        detail: said('calendar-year', { calendar: calendar.id, year: String(year) }),
      })),
    )
  for (const { detail } of warnings())
    log.warn({}, typeof detail === 'string' ? detail : inWords(detail, 'en'))

  const requests = answerRulesRequests({
    folder,
    clock,
    log,
    reload: (reason) => reload({ by: 'command line', reason }),
  })
  return { reload, warnings, [Symbol.dispose]: () => requests[Symbol.dispose]() }
}

const inForce = (rules: readonly BoundRule[]): RuleInForce[] =>
  rules.map(({ config, version }) => ({ id: config.id, version, declared: config }))
