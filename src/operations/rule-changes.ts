/**
 * Every change of a rule, with who made it and why. What is in force is what was recorded last, so a file that was
 * changed while the gateway was away is found at the next start and recorded then.
 */
import type { Instant } from '../model/instant.ts'
import { keyOf, type Page, type PageQuery, pageOf } from './pages.ts'
import type { Store } from './store.ts'
import type { Tx } from './tables.ts'

export type RuleInForce = {
  readonly id: string
  readonly version: string
  /** As rules.yaml declares it, defaults included. */
  readonly declared: unknown
}

export type RuleChange = {
  readonly at: Instant
  readonly by: string
  readonly reason: string
  readonly rule: string
  /** Null where the rule is new. */
  readonly from: string | null
  /** Null where the rule is gone. */
  readonly to: string | null
  readonly declared: unknown
}

export type ChangeAuthor = { readonly by: string; readonly reason: string }

export type ReloadRules = (author: ChangeAuthor) => Promise<readonly RuleChange[]>

export interface RuleChangeBook {
  /** Newest first. */
  list(query: PageQuery & { readonly rule?: string | undefined }): Promise<Page<RuleChange>>
  /**
   * Records, and audits, what differs from what was in force: each rule once, in their order; those that are
   * gone last.
   */
  record(rules: readonly RuleInForce[], author: ChangeAuthor): Promise<readonly RuleChange[]>
}

export const ruleChangeBook = ({ db, write, clock }: Store): RuleChangeBook => ({
  async list({ rule, cursor, limit }) {
    let query = db.selectFrom('rule_changes').selectAll()
    if (rule !== undefined) query = query.where('rule', '=', rule)
    if (cursor) query = query.where('id', '<', keyOf(cursor, ['number'])[0] as number)
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return pageOf(
      rows,
      limit,
      ({ at, by_name: by, reason, rule, from_version: from, to_version: to, declared }) => ({
        at,
        by,
        reason,
        rule,
        from,
        to,
        declared: declared === null ? null : JSON.parse(declared),
      }),
      ({ id }) => [id],
    )
  },

  record: (rules, { by, reason }) =>
    write(async ({ db: tx, audit }) => {
      const before = await inForce(tx)
      const at = clock.now()
      const changes = differences(before, rules).map((change) => ({ at, by, reason, ...change }))
      if (changes.length === 0) return []
      for (const { rule, from, to, declared } of changes) {
        await tx
          .insertInto('rule_changes')
          .values({
            at,
            by_name: by,
            reason,
            rule,
            from_version: from,
            to_version: to,
            declared: declared === null ? null : JSON.stringify(declared),
          })
          .execute()
      }
      const told = changes.map(({ rule, from, to }) => ({ rule, from, to }))
      audit({ by, action: 'rules.changed', subject: 'rules', details: { reason, changes: told } })
      return changes
    }),
})

async function inForce(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const newest = tx
    .selectFrom('rule_changes')
    .select(({ fn }) => fn.max('id').as('id'))
    .groupBy('rule')
  const rows = await tx
    .selectFrom('rule_changes')
    .select(['rule', 'to_version'])
    .where('id', 'in', newest)
    .orderBy('id')
    .execute()
  return new Map(rows.flatMap(({ rule, to_version: to }) => (to === null ? [] : [[rule, to]])))
}

function differences(
  before: ReadonlyMap<string, string>,
  rules: readonly RuleInForce[],
): Pick<RuleChange, 'rule' | 'from' | 'to' | 'declared'>[] {
  const there = new Set(rules.map(({ id }) => id))
  const changed = rules
    .map(({ id, version, declared }) => ({ rule: id, from: before.get(id) ?? null, to: version, declared }))
    .filter(({ from, to }) => from !== to)
  const gone = [...before]
    .filter(([rule]) => !there.has(rule))
    .map(([rule, from]) => ({ rule, from, to: null, declared: null }))
  return [...changed, ...gone]
}
