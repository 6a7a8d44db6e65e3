/** Operations on a real file, fed commits by hand: what a rule found, what a person did, what is told. */
import { expect } from 'vitest'
import type { Reading } from '../../src/model/reading.ts'
import type { Breach, Clear, CommitFindings, Finding } from '../../src/operations/findings.ts'
import type { Operations } from '../../src/operations/operations.ts'
import type { Mover } from '../../src/operations/roles.ts'
import { handClock } from './hand-clock.ts'
import { operationsFor } from './operations.ts'

export const T0 = Date.UTC(2026, 0, 5)
export const LI: Mover = { name: 'li', role: 'operator' }
export const WANG: Mover = { name: 'wang', role: 'operator' }
export const DONGFANG: Mover = { name: 'dongfang-app', role: 'contractor', contractor: 'Dongfang' }
export const PAGE = { limit: 100 }

export const breach = (atMs: number, more: Partial<Breach> = {}): Breach => ({
  is: 'breach',
  rule: 'burst-pipe',
  subject: 'meter-1',
  at: T0 + atMs,
  because: { code: 'above-for', figures: { value: 9 } },
  fault: 'burst-pipe',
  severity: 'high',
  order: 'automatic',
  proof: { verifyMs: 1_000, points: ['flow'] },
  device: 'meter-1',
  place: { institution: 'school' },
  ...more,
})
export const clear = (atMs: number, more: Partial<Clear> = {}): Finding => ({
  is: 'clear',
  rule: 'burst-pipe',
  subject: 'meter-1',
  at: T0 + atMs,
  ...more,
})
export const flow = (atMs: number, device = 'meter-1'): Reading => {
  const at = T0 + atMs
  return { device, at, receivedAt: at, values: { flow: 0 } }
}

/** Operations that are fed commits by hand; the clock stands at the last of them. */
export async function plant(more: Parameters<typeof operationsFor>[1] = {}) {
  const clock = handClock(T0)
  const operations = await operationsFor(clock, more)
  let offset = 0
  let atMs = 0
  const told: string[] = []
  operations.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
  const commit = (at: number, findings: readonly Finding[], readings: readonly Reading[] = []) => {
    clock.pass(at - atMs)
    atMs = at
    const receivedAt = T0 + at
    const one: CommitFindings = { offset: offset + 1, receivedAt, learnedAt: receivedAt, findings, readings }
    return apply(one)
  }
  let from = 0
  const apply = async (one: CommitFindings) => {
    const outcome = await operations.desk.applyEffects({ from, to: ++offset, commits: [one] })
    if (outcome !== 'nothing-to-write') from = offset
    return outcome
  }
  return { ...operations, clock, told, commit }
}

export const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1)
  return items[0] as T
}
export const onlyOrder = async ({ orders }: Pick<Operations, 'orders'>) =>
  only((await orders.list(PAGE)).items)

/** The order of one breach at 10 ms that cleared at 20 ms, called done by li at 100 ms. */
export async function plantWithOrderDone() {
  const { ...it } = await plant()
  await it.commit(10, [breach(10)])
  await it.commit(20, [clear(20)])
  it.clock.pass(80)
  const { id } = await onlyOrder(it)
  for (const to of ['dispatched', 'accepted', 'done'] as const)
    await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
  const commit = (at: number, findings: readonly Finding[], readings: readonly Reading[] = []) =>
    it.commit(Math.max(at, 100), findings, readings)
  return { ...it, commit, id, order: async () => (await it.orders.get(id)) ?? expect.unreachable() }
}
