/** What an alarm keeps of its decision, from a living campus: read over the API, and reached again by the command. */
import { expect, it } from 'vitest'
import { reproduce } from '../../src/backtest/reproduce.ts'
import { openVirtualCampus } from '../support/virtual-campus.ts'

const MINUTE_MS = 60_000

type Shown = {
  rule: string
  because: { code: string; figures: Record<string, unknown> }
  readings: { device: string; at: string; values: Record<string, number> }[]
  cut: string | null
}

it('every alarm of the campus carries evidence from which its verdict comes out again', async () => {
  const strike = { startsAfterMs: MINUTE_MS }
  await using campus = await openVirtualCampus('2026-03-02T09:00', [
    { name: 'burst-pipe', device: 'meter-01', lastsMs: 2 * MINUTE_MS, ...strike },
    { name: 'running-toilet', device: 'meter-04', lastsMs: 4 * MINUTE_MS, ...strike },
    { name: 'meter-silent', device: 'meter-07', lastsMs: 3 * MINUTE_MS, ...strike },
    { name: 'door-held-open', device: 'gate-north', lastsMs: 2 * MINUTE_MS, ...strike },
    { name: 'door-forced', device: 'gate-lobby', lastsMs: MINUTE_MS / 6, ...strike },
    { name: 'long-parking', device: 'vehicle-03', lastsMs: 5 * MINUTE_MS, ...strike },
  ])
  await campus.pass(8)
  const { items } = (await campus.api('/alarms?state=all')) as { items: { id: string; rule: string }[] }
  expect(new Set(items.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(6)
  for (const { id, rule } of items) {
    const evidence = await campus.operations.evidence.of(id)
    if (!evidence) throw new Error(`${rule} has no evidence`)
    const { step, readings } = reproduce(evidence)
    expect(step.differs, rule).toEqual([])
    expect(readings.differs, rule).toEqual([])
  }
  const burst = items.find(({ rule }) => rule === 'burst-pipe')
  const shown = (await campus.api(`/alarms/${burst?.id}/evidence`)) as Shown
  expect(shown).toMatchObject({ rule: 'burst-pipe', cut: null, because: { code: 'above-for' } })
  expect(new Set(shown.readings.map(({ device }) => device))).toEqual(new Set(['meter-01']))
  const flows = shown.readings.map(({ values }) => values.flow ?? 0)
  expect(flows.filter((flow) => flow > 8).length).toBeGreaterThan(3)
  expect(flows.filter((flow) => flow < 8).length).toBeGreaterThan(3)
  await expect(campus.api('/alarms/nobody/evidence')).rejects.toThrow(/404/)
})
