/** docs/rules/daiad.md as it is and as it should be: its tables are what the rules do, not what somebody once saw. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const DAIAD_PAGE = join(import.meta.dirname, '../../docs/rules/daiad.md')

export function daiadPage(tables: Readonly<Record<string, string>>): { there: string; due: string } {
  const there = readFileSync(DAIAD_PAGE, 'utf8')
  let due = there
  for (const [mark, table] of Object.entries(tables)) {
    const between = new RegExp(`(<!-- ${mark} -->\\n)[^]*?(<!-- /${mark} -->)`)
    if (!between.test(due)) throw new Error(`docs/rules/daiad.md has no <!-- ${mark} -->`)
    due = due.replace(between, (_all, open, close) => `${open}\n${table}\n\n${close}`)
  }
  return { there, due }
}
