/** Checks that nobody changed the audit or took something out of it, while the gateway runs or not. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GatehouseError } from '../model/errors.ts'
import { type AuditCheck, checkAudit } from '../operations/audit-chain.ts'
import type { Command } from './command.ts'
import { configOf, parse } from './options.ts'

export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify [--config FILE]',
  summary: 'Check the chain of the audit, and print its last seal.',
  async run(args, terminal) {
    const { dir } = configOf(parse(args, []).values, terminal).data
    const file = join(dir, 'operations.sqlite')
    if (!existsSync(file)) throw new GatehouseError('not-found', `There is no ${file}`)
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
    const checked = checkAudit(database)
    if (!checked) throw new GatehouseError('not-found', `There is no audit in ${file}`)
    const fault = faultOf(checked)
    if (fault !== undefined) throw new GatehouseError('audit-broken', fault)
    terminal.out(
      `${checked.entries} entries, none changed, none missing between them; the last seal is ${checked.seal}`,
    )
    return 0
  },
}

/** One sentence; undefined where the chain is whole. */
export function faultOf({ brokenAt }: AuditCheck): string | undefined {
  if (!brokenAt) return undefined
  const when = new Date(brokenAt.at).toISOString()
  return `Entry ${brokenAt.id} of the audit (${when}) does not follow from what stood before it: an entry there was changed or taken out`
}
