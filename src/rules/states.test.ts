import fc, { type Arbitrary } from 'fast-check'
import { from } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { continuousFlow } from './continuous-flow.ts'
import { evaluate, type Kept, type LiveCommit } from './evaluate.ts'
import { implausibleJump } from './implausible-jump.ts'
import { HOUR_MS, type Meter, type Stand } from './register.ts'
import type { RuleKind, Verdict } from './rule.ts'
import { silent } from './silent.ts'
import { createStates } from './states.ts'
import { sustained } from './sustained.ts'
import { createWakeUps } from './wake-ups.ts'

const instant = fc.integer({ min: 0, max: 2_000_000_000_000 })
const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const amount = fc.double({ noNaN: true, min: 0, max: 1e9 })
const orNull = <Value>(value: Arbitrary<Value>) => fc.option(value, { nil: null })
const odd = fc.record({ at: instant, value: number, since: instant, readings: fc.nat(9) })
const stand: Arbitrary<Stand | null> = orNull(
  fc.record({ at: instant, value: number, usedM3: orNull(amount), overMs: fc.nat(), odd: orNull(odd) }),
)

const METER: Meter = { point: 'volume', capacityM3: 1_000, maxRateM3h: 100, heldMs: 3 * HOUR_MS }
const OFTEN = { floorM3h: 0.02, forMs: 2 * HOUR_MS, intervalMs: HOUR_MS / 4 }

/** A kind whose states lie in rows, any state of it, and options under which a few readings come to something. */
const packed = <Options, State>(
  kind: RuleKind<Options, State>,
  states: Arbitrary<State>,
  ...options: Options[]
) => ({ kind, states, options }) as unknown as Packed

type Packed = {
  readonly kind: RuleKind<unknown, unknown>
  readonly states: Arbitrary<unknown>
  readonly options: readonly unknown[]
}

const KINDS = [
  packed(
    sustained,
    fc.oneof(
      fc.constantFrom({ is: 'fine' as const }, { is: 'breached' as const }),
      fc.record({ is: fc.constant('rising' as const), since: instant, lastAt: instant, value: number }),
    ),
    { point: 'flow', above: 5, clearBelow: 3, forMs: HOUR_MS, heldMs: HOUR_MS },
  ),
  packed(silent, fc.record({ heard: fc.boolean(), countsFrom: instant, silent: fc.boolean() }), {
    forMs: HOUR_MS / 2,
  }),
  packed(
    continuousFlow,
    fc.record({ stand, from: instant, usedM3: amount, since: orNull(instant), breached: fc.boolean() }),
    { ...METER, ...OFTEN },
    { ...METER, ...OFTEN, point: 'flow' },
  ),
  packed(implausibleJump, fc.record({ stand, agreed: fc.nat(9), breached: fc.boolean() }), METER),
]

describe.each(KINDS)('$kind.kind', ({ kind, states, options }) => {
  it('a state comes back from its row as it was, whatever stood there, and disturbs no neighbour and no wake-up', () => {
    const wakeUps = createWakeUps(3, kind.packing?.width)
    wakeUps.set(0, 5, 6)
    wakeUps.set(2, 7, 8)
    const rows = createStates(3, wakeUps, kind.packing)
    const last = new Map<number, unknown>()
    fc.assert(
      fc.property(fc.nat(2), states, (seat, state) => {
        rows.set(seat, state)
        last.set(seat, state)
        for (const [other, own] of last) expect(rows.of(other)).toEqual(own)
      }),
    )
    expect([wakeUps.takeDue(6), wakeUps.takeDue(8), wakeUps.takeDue(9)]).toEqual([0, 2, -1])
  })

  it.each(options)('tells and keeps the same whether its states lie in rows or as they are, %o', (own) => {
    const whole: typeof kind = { ...kind }
    Reflect.deleteProperty(whole, 'packing')
    fc.assert(
      fc.property(stream, (commits) => {
        const [inRows, asTheyAre] = [new Map<string, Kept<unknown>>(), new Map<string, Kept<unknown>>()]
        expect(tolds(kind, own, commits, inRows)).toEqual(tolds(whole, own, commits, asTheyAre))
        expect(inRows).toStrictEqual(asTheyAre)
      }),
    )
  })
})

function tolds(
  kind: Packed['kind'],
  options: unknown,
  commits: readonly LiveCommit[],
  kept: Map<string, Kept<unknown>>,
): Verdict[] {
  const told: Verdict[] = []
  const scope = {
    optionsOf: new Map([['meter-1', options]]),
    subjectsOf: () => ['meter-1'],
    park(_subject: string, cause: unknown) {
      throw cause
    },
    rowsFrom: 1,
    kept,
  }
  from(commits)
    .pipe(evaluate(kind, scope))
    .subscribe((verdict) => told.push(verdict))
  return told
}

/** Quarter-hourly readings, some of them missing, foreign, doubtful or late, one or two a commit. */
const stream: Arbitrary<LiveCommit[]> = fc
  .array(
    fc.record({
      afterMs: fc.constantFrom(0, HOUR_MS / 4, HOUR_MS / 4, HOUR_MS, 9 * HOUR_MS),
      lateMs: fc.constantFrom(0, 1_000, HOUR_MS),
      litres: fc.constantFrom(0, 0, 50, 200, -5, 900_000),
      flow: fc.constantFrom(0, 4, 9),
      doubt: fc.constantFrom(undefined, undefined, undefined, 'bad' as const),
    }),
    { maxLength: 40 },
  )
  .map((said) => {
    let [at, now, volume] = [0, 0, 100]
    return said.map(({ afterMs, lateMs, litres, flow, doubt }): LiveCommit => {
      at += afterMs
      now = Math.max(now, at + lateMs)
      volume += litres === 900_000 ? 0 : litres / 1_000
      const values = { flow, volume: litres === 900_000 ? volume + 900 : volume }
      const reading = { device: 'meter-1', at, receivedAt: now, values }
      const doubts = doubt && { flow: doubt, volume: doubt }
      return { receivedAt: now, gaps: [], readings: [doubts ? { ...reading, doubts } : reading] }
    })
  })
