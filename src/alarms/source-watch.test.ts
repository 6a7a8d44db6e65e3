import { describe, expect, it } from 'vitest'
import type { JournalRecord, LinkState } from '../model/commit.ts'
import { firstSeen, heard, passed, type SourceState, type SourceVerdict } from './source-watch.ts'

const OPTIONS = { downMs: 100 }
const link = (state: LinkState): JournalRecord => ({ is: 'link', source: 'plant', state })
const away = (from: number, to: number): JournalRecord => {
  return { is: 'gap', source: 'gateway', from, to, reason: 'the gateway was not running' }
}

/** What a source that is up at 0 came to, told these things at these instants. */
function told(...said: (readonly [at: number, record?: JournalRecord])[]): [number, boolean, number][] {
  let state: SourceState = heard(firstSeen(0), link('up'), 0).state
  const verdicts: SourceVerdict[] = []
  for (const [at, record] of said) {
    const spoken = record ? heard(state, record, at) : { state }
    const later = passed(spoken.state, at, OPTIONS)
    state = later.state
    for (const { verdict } of [spoken, later]) if (verdict) verdicts.push(verdict)
  }
  return verdicts.map(({ at, breached, since }) => [at, breached, since])
}

describe('a source', () => {
  it('that is down for too long breaches once, at the instant at which it was too long', () => {
    expect(told([10, link('down')], [109], [110], [500])).toEqual([[110, true, 10]])
    expect(told([10, link('down')], [400]), 'seen by a later commit').toEqual([[110, true, 10]])
  })

  it('that is up again in time is left alone, however often it tries', () => {
    expect(told([10, link('down')], [50, link('connecting')], [109, link('up')], [500])).toEqual([])
  })

  it('that only tries again and again is down since it was lost', () => {
    expect(told([10, link('down')], [60, link('connecting')], [90, link('down')], [110])).toEqual([
      [110, true, 10],
    ])
  })

  it('that is up again clears', () => {
    expect(told([10, link('refused')], [110], [300, link('up')])).toEqual([
      [110, true, 10],
      [300, false, 10],
    ])
  })

  it('is not blamed for the time in which the gateway was away', () => {
    expect(told([10, link('down')], [60, away(20, 60)], [149], [150])).toEqual([[150, true, 50]])
  })

  it('that never was up breaches too, counted from when the gateway first looked', () => {
    expect(passed(firstSeen(5), 104, OPTIONS).verdict).toBeUndefined()
    expect(passed(firstSeen(5), 105, OPTIONS).verdict).toMatchObject({ at: 105, breached: true })
  })
})
