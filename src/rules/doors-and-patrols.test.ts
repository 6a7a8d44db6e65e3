/**
 * Whatever doors and guards do: verdicts alternate, a run that was cut goes on as if it had not been, and
 * states are plain data that do not grow.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BEGIN, MINUTE_MS, ROUTE, walked } from '../../tests/support/patrol.ts'
import { commits, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { antiPassback } from './anti-passback.ts'
import { deniedBurst } from './denied-burst.ts'
import { doorForced } from './door-forced.ts'
import { doorHeldOpen } from './door-held-open.ts'
import { doorOpenWarning } from './door-open-warning.ts'
import { doorTamper } from './door-tamper.ts'
import { doorUnlocked } from './door-unlocked.ts'
import { duress } from './duress.ts'
import { earlyCheckpoint } from './early-checkpoint.ts'
import type { Kept, LiveCommit } from './evaluate.ts'
import { lateCheckpoint } from './late-checkpoint.ts'
import { missedCheckpoint } from './missed-checkpoint.ts'
import { patrolOrder } from './patrol-order.ts'
import { patrolPace } from './patrol-pace.ts'
import { roundIncomplete } from './round-incomplete.ts'
import type { RuleKind } from './rule.ts'
import { unknownTag } from './unknown-tag.ts'

const DOOR = { device: 'meter-1', releaseTimeMs: 2 }
const pass = (direction: string) => ({ values: { access: 'granted', credential: 'card-a', direction } })
const MARKS = {
  o: { values: { door: 'open' } },
  c: { values: { door: 'closed', tamper: false } },
  u: { values: { lock: 'unlocked', tamper: true } },
  l: { values: { lock: 'locked' } },
  g: { values: { access: 'granted', credential: 'card-a', duress: true } },
  d: { values: { access: 'denied', credential: 'card-b' } },
  i: pass('in'),
  e: pass('out'),
  F: { values: { fire: true }, device: 'panel' },
  N: { values: { fire: false }, device: 'panel' },
}

const picture = (letters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...letters, '-', '-', '-', '~'), { maxLength }).map((drawn) => drawn.join(''))

const doors = picture('oculgdieFN', 40).map((drawn) => commits(drawn, MARKS))
const patrols = picture('abcABC13vz', 70).map((drawn) => walked(drawn))

const VISIT = {
  plan: { timeZone: 'Asia/Shanghai', starts: { everyMinutes: 20 }, offsetsMinutes: [3, 9] },
  earlyMs: MINUTE_MS,
  missAfterMs: 4 * MINUTE_MS,
  repeatMs: 90_000,
  graceMs: 2 * MINUTE_MS,
}
const APB = {
  timeZone: 'Asia/Shanghai',
  resetAt: '04:00',
  withinMs: null,
  takenWithinMs: 3,
  repeatMs: 1,
  quietMs: 5,
  remembers: 2,
}

function holds<O, S>(rule: RuleKind<O, S>, options: O, streams: fc.Arbitrary<LiveCommit[]>) {
  fc.assert(
    fc.property(streams, (stream) => {
      const kept = new Map<string, Kept<S>>()
      const whole = run(rule, options, stream, kept)
      for (const [nth, { breached }] of whole.entries()) expect(breached).toBe(nth % 2 === 0)
      for (const { state } of kept.values()) {
        const plain: unknown = JSON.parse(JSON.stringify(state))
        expect(rule.state.parse(plain)).toEqual(state)
        expect(JSON.stringify(state).length).toBeLessThan(4_000)
      }
      for (const again of resumedAnywhere(rule, options, stream)) expect(again).toEqual(whole)
    }),
    { numRuns: 60 },
  )
}

describe('whatever happens at a door, the rule', () => {
  it('of doors held open rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(doorHeldOpen, { ...DOOR, openTimeMs: 4 }, doors))
  it('of doors about to be held open rings and ends in turn, and its state outlives a restart', () =>
    holds(doorOpenWarning, { ...DOOR, openTimeMs: 4, preAlarmMs: 2 }, doors))
  it('of forced doors rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(doorForced, { ...DOOR, toleranceMs: 1 }, doors))
  it('of unlocked doors rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(doorUnlocked, { ...DOOR, passageMs: 5 }, doors))
  it('of opened housings rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(doorTamper, {}, doors))
  it('of duress rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(duress, { holdMs: 5 }, doors))
  it('of refused credentials rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(deniedBurst, { perDoor: 3, perCredential: 2, withinMs: 6, reasons: null, quietMs: 4 }, doors))
  it('of passing twice rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(antiPassback, APB, doors))

  it('of doors held open and that of doors about to be never ring for one door at once', () => {
    fc.assert(
      fc.property(doors, (stream) => {
        const held = run(doorHeldOpen, { ...DOOR, openTimeMs: 4 }, stream)
        const warned = run(doorOpenWarning, { ...DOOR, openTimeMs: 4, preAlarmMs: 2 }, stream)
        for (const [nth, { at, breached }] of warned.entries()) {
          if (!breached) continue
          const until = warned[nth + 1]?.at ?? Number.POSITIVE_INFINITY
          expect(held.some((alarm) => alarm.breached && alarm.at >= at && alarm.at < until)).toBe(false)
        }
      }),
    )
  })
})

describe('whatever guards do, the rule', () => {
  it('of missed checkpoints rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(missedCheckpoint, VISIT, patrols))
  it('of late checkpoints rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(lateCheckpoint, { ...VISIT, lateMs: 2 * MINUTE_MS }, patrols))
  it('of early checkpoints rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(earlyCheckpoint, { ...VISIT, upToMs: 3 * MINUTE_MS }, patrols))
  it('of incomplete rounds rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(roundIncomplete, ROUTE, patrols))
  it('of rounds in the wrong order rings and ends in turn, and its state outlives a restart', () =>
    holds(patrolOrder, { ...ROUTE, toleranceMs: 10_000 }, patrols))
  it('of rounds walked too fast rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(
      patrolPace,
      { minGapMs: 150_000, maxMetresPerSecond: null, quietMs: 5 * MINUTE_MS, positions: {} },
      patrols,
    ))
  it('of unknown tags rings and ends in turn, and its state outlives a restart at any commit', () =>
    holds(unknownTag, { known: ['T2'], quietMs: 5 * MINUTE_MS }, patrols))

  it('of incomplete rounds rings exactly where a checkpoint of the round was not read in it', () => {
    const oneRound = picture('abcABC13vz', 13).map((drawn) => drawn.replaceAll('~', '-').padEnd(21, '-'))
    fc.assert(
      fc.property(oneRound, (line) => {
        const inRound = line.slice(0, 14) // its window is closed at both ends
        const isWhole = [/[aA1]/, /[bB2]/, /[cC3]/].every((each) => each.test(inRound))
        const told = run(roundIncomplete, ROUTE, walked(line))
        expect(told.map(({ at }) => at)).toEqual(isWhole ? [] : [BEGIN + 13 * MINUTE_MS])
      }),
    )
  })
})
