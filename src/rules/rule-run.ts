/**
 * One rule at work on all its subjects. Each subject has a seat, its place among them; what is known of it stands in
 * columns under that number. A million seats are then a dozen arrays, without an object or a key of their own that
 * the garbage collector would walk, and a step costs little more than what the rule itself does.
 */
import { Observable, type OperatorFunction } from 'rxjs'
import type { SubjectId } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Reading } from '../model/reading.ts'
import type { Moment, RuleKind, Step, Verdict } from './rule.ts'
import type { Heard, LiveGap, SeatedCommit } from './seated-commit.ts'
import { createStates } from './states.ts'
import { createWakeUps, DUE, NEVER, WAKE_AT } from './wake-ups.ts'

/** A step threw: the subject takes nothing more until a person releases it. */
export type Parked = { readonly at: Instant; readonly cause: string }

/** What a checkpoint keeps of a subject. */
export type Kept<State> = {
  readonly state: State
  readonly wakeAt?: Instant | undefined
  /** How late the reading was that set `wakeAt`: what would call the wake-up off comes as late. */
  readonly lagMs?: number | undefined
  /** Since when the rule is breached; no clear is dated before it. */
  readonly breachedAt?: Instant | undefined
  readonly parked?: Parked
  /** A person has let the parked subject go: it starts anew with the next commit. */
  readonly released?: true | undefined
}

export type RunParts<Options, State> = {
  /** Subjects under the rule, each with its own options (limits differ from meter to meter). */
  readonly optionsOf: ReadonlyMap<SubjectId, Options>
  /** A step that throws parks its subject; everything else goes on. */
  park(subject: SubjectId, cause: unknown, at: Instant): void
  /**
   * From so many subjects on their states lie in rows, where the kind says how. Default: 1,024; fewer are
   * never more than a cache holds.
   */
  readonly rowsFrom?: number
  /** States to resume from; a subject without one starts at the first commit. */
  readonly stored?: ReadonlyMap<SubjectId, Kept<State>>
  /** What some of those hear first, with the first commit. */
  readonly news?: readonly { readonly subject: SubjectId; readonly reading: Reading }[]
}

export type RuleRun = {
  /** By seat. */
  readonly subjects: readonly SubjectId[]
  /** Whether gaps matter to the rule at all. */
  readonly minds: boolean
  readonly operator: OperatorFunction<SeatedCommit, Verdict>
  /** At the next commit, whatever its state. */
  startAnew(seat: number): void
  /** Those that take nothing, and are not about to start anew. */
  parked(): ({ readonly subject: SubjectId } & Parked)[]
  /** Starts a parked subject anew at the next commit; false if it is not parked. */
  release(subject: SubjectId): boolean
  /** How many subjects `takeChanged` would give. */
  readonly unkept: number
  /** What is not as it was at the last call; `null`: nothing is known of it any more. */
  takeChanged(): Iterable<{ readonly subject: SubjectId; readonly kept: Kept<unknown> | null }>
}

/** What a rule's breach ends with when its subject starts again: nobody is left to say that it is over. */
export const JUDGED_ANEW = { code: 'judged-anew', figures: {} } as const

const ROWS_FROM = 1_024

const WAITING = 0
const RUNNING = 1
const PARKED = 2
const STANDING = 3
/** Since the last checkpoint; beside the standing. */
const CHANGED = 4

export function runRule<Options, State>(
  rule: RuleKind<Options, State>,
  { optionsOf, park, rowsFrom = ROWS_FROM, stored, news = [] }: RunParts<Options, State>,
): RuleRun {
  const subjects = [...optionsOf.keys()]
  const options = [...optionsOf.values()]
  /** Most rules have one set of options for all: then nothing has to be fetched for a subject. */
  const shared = options.every((own) => own === options[0]) ? options.splice(0)[0] : undefined
  const flags = new Uint8Array(subjects.length)
  const packing = subjects.length < rowsFrom ? undefined : rule.packing
  const wakeUps = createWakeUps(subjects.length, packing?.width)
  const { rows, stride } = wakeUps
  const states = createStates(subjects.length, wakeUps, packing)
  const changed: number[] = []
  // Few subjects are any of these at a time.
  const anew = new Set<number>()
  const breachedAts = new Map<number, Instant>()
  const parkings = new Map<number, Parked>()
  const heldFrom = new Map<number, Instant>()
  const near = { sum: 0 }
  const unheard = [...news]
  /** When the commit at hand was received. */
  let now: Instant = 0
  /** Whether what calls a wake-up off may come as late as the reading that asked for it. */
  let isLagging = true
  let tell: (verdict: Verdict) => void = () => {}

  const subjectIn = (seat: number) => subjects[seat] as SubjectId
  const optionsIn = (seat: number) => (shared ?? options[seat]) as Options
  const isRunning = (seat: number) => ((flags[seat] as number) & STANDING) === RUNNING
  const stand = (seat: number, standing: number) => {
    flags[seat] = ((flags[seat] as number) & CHANGED) | standing
  }
  const wakeAtOf = (seat: number) => rows[stride * seat + WAKE_AT] as Instant
  const dueOf = (seat: number) => rows[stride * seat + DUE] as Instant
  const lagOf = (seat: number) => (wakeAtOf(seat) === NEVER ? 0 : dueOf(seat) - wakeAtOf(seat))
  const hasChanged = (seat: number) => {
    const own = flags[seat] as number
    if ((own & CHANGED) !== 0) return
    flags[seat] = own | CHANGED
    changed.push(seat)
  }

  for (const [seat, subject] of subjects.entries()) {
    const before = stored?.get(subject)
    if (!before) {
      anew.add(seat)
      continue
    }
    states.set(seat, before.state)
    stand(seat, before.parked ? PARKED : RUNNING)
    const wakeAt = before.wakeAt ?? NEVER
    if (before.released) anew.add(seat)
    if (before.parked) parkings.set(seat, before.parked)
    else wakeUps.set(seat, wakeAt, wakeAt + (before.lagMs ?? 0))
    if (before.breachedAt !== undefined) breachedAts.set(seat, before.breachedAt)
  }

  const parkIt = (seat: number, at: Instant, cause: unknown) => {
    stand(seat, PARKED)
    parkings.set(seat, { at, cause: String(cause) })
    wakeUps.set(seat, NEVER, NEVER)
    hasChanged(seat)
    park(subjectIn(seat), cause, at)
  }

  const settle = (seat: number, before: State, state: State, wakeAt: Instant, due: Instant) => {
    const row = stride * seat
    const isTimed = wakeAt !== rows[row + WAKE_AT] || due !== rows[row + DUE]
    if (!isTimed && state === before) return
    if (Number.isNaN(due)) throw new RangeError(`${rule.kind} wakes at no instant`)
    if (state !== before) states.set(seat, state)
    if (isTimed) wakeUps.set(seat, wakeAt, due)
    hasChanged(seat)
  }

  const conclude = (
    seat: number,
    at: Instant,
    { breached, because, at: named }: NonNullable<Step<State>['verdict']>,
    before: State,
    moment: Moment,
  ) => {
    const from = named ?? at
    const subject = subjectIn(seat)
    hasChanged(seat)
    if (breached) {
      breachedAts.set(seat, from)
      return tell({ subject, at: from, breached, because, grounds: { before, moment } })
    }
    const since = breachedAts.get(seat)
    breachedAts.delete(seat)
    tell({ subject, at: since === undefined ? from : Math.max(from, since), breached, because })
  }

  /** The hot path. Instants are worked out in place: as arguments and results they would be objects. */
  const hear = (seat: number, moment: { readonly reading: Reading }, measuredAt: Instant) => {
    if ((rows[stride * seat + WAKE_AT] as Instant) < measuredAt) {
      catchUp(seat, measuredAt <= now || isOwnClock(seat, moment.reading) ? measuredAt : now)
    }
    if (!isRunning(seat)) return
    const before = states.of(seat)
    let verdict: Step<State>['verdict']
    try {
      const took = rule.step(before, moment, optionsIn(seat))
      const { wakeAt = NEVER } = took
      const lagMs = isLagging ? Math.max(0, now - measuredAt) : 0
      settle(seat, before, took.state, wakeAt, wakeAt + lagMs)
      verdict = took.verdict
    } catch (cause) {
      return parkIt(seat, Math.min(measuredAt, now), cause)
    }
    if (verdict) conclude(seat, Math.min(measuredAt, now), verdict, before, moment)
  }

  /** By a clock that runs ahead a subject has waited as long as the device itself says, but no other subject has. */
  const isOwnClock = (seat: number, { device }: Reading) => !rule.countsHearing && device === subjects[seat]

  /** What was due before a reading comes before it. */
  const catchUp = (seat: number, at: Instant) => {
    const until = Math.min(at, heldFrom.get(seat) ?? at)
    while (wakeAtOf(seat) < until) wakeUp(seat)
  }

  const wakeUp = (seat: number) => {
    if (!isRunning(seat)) return
    const before = states.of(seat)
    const wokenAt = wakeAtOf(seat)
    const moment = { wokenAt }
    let verdict: Step<State>['verdict']
    try {
      const took = rule.step(before, moment, optionsIn(seat))
      const { wakeAt = NEVER } = took
      if (wakeAt <= wokenAt) {
        throw new RangeError(`${rule.kind} wakes again at ${wakeAt}, not after ${wokenAt}`)
      }
      settle(seat, before, took.state, wakeAt, wakeAt + lagOf(seat))
      verdict = took.verdict
    } catch (cause) {
      return parkIt(seat, Math.min(wokenAt, now), cause)
    }
    if (verdict) conclude(seat, Math.min(wokenAt, now), verdict, before, moment)
  }

  const missOut = (seat: number, from: Instant, to: Instant) => {
    while (dueOf(seat) < from) wakeUp(seat)
    if (!isRunning(seat) || !rule.afterGap) return
    const before = states.of(seat)
    try {
      const took = rule.afterGap(before, { from, to }, optionsIn(seat))
      const { wakeAt = NEVER } = took
      settle(seat, before, took.state, wakeAt, wakeAt + lagOf(seat))
    } catch (cause) {
      parkIt(seat, to, cause)
    }
  }

  const workIn = ({ from, to, seats }: LiveGap) => {
    if (seats === undefined) {
      if (to === undefined) return
      for (let seat = 0; seat < subjects.length; seat++) if (!heldFrom.has(seat)) missOut(seat, from, to)
      return
    }
    for (const seat of seats) {
      if (to === undefined) {
        heldFrom.set(seat, from)
        continue
      }
      heldFrom.delete(seat)
      missOut(seat, from, to)
      wakeUps.set(seat, wakeAtOf(seat), dueOf(seat)) // it may have come due meanwhile, and was passed over
    }
  }

  const start = (seat: number, now: Instant) => {
    const subject = subjectIn(seat)
    const breachedAt = breachedAts.get(seat)
    stand(seat, WAITING)
    parkings.delete(seat)
    breachedAts.delete(seat)
    wakeUps.set(seat, NEVER, NEVER)
    hasChanged(seat)
    if (breachedAt !== undefined) {
      tell({ subject, at: Math.max(now, breachedAt), breached: false, because: JUDGED_ANEW })
    }
    try {
      const { state, wakeAt = NEVER } = rule.start(optionsIn(seat), now)
      states.set(seat, state)
      stand(seat, RUNNING)
      wakeUps.set(seat, wakeAt, wakeAt)
    } catch (cause) {
      parkings.set(seat, { at: now, cause: String(cause) })
      park(subject, cause, now)
    }
  }

  /**
   * Brings rows near, many at a time: stepped one by one, each seat would wait for memory alone. It only
   * reads, and keeps a sum so that the reading is not left out as idle.
   */
  const touch = ({ seats, count }: Heard) => {
    for (let index = 0; index < count; index++) {
      const seat = seats[index] as number
      const row = stride * seat
      near.sum += (rows[row] as number) + (rows[row + stride - 1] as number) + (flags[seat] as number)
    }
  }

  const take = ({ receivedAt, gaps, heard, isInTime = false, goesOn = false }: SeatedCommit) => {
    now = receivedAt
    isLagging = !isInTime && !rule.countsHearing
    if (rule.afterGap) for (const gap of gaps) workIn(gap)
    if (anew.size > 0) {
      for (const seat of anew) start(seat, receivedAt)
      anew.clear()
    }
    for (const { subject, reading } of unheard.splice(0))
      hear(subjects.indexOf(subject), { reading }, reading.at)
    touch(heard)
    const { count, moments, ats, places, seats } = heard
    for (let index = 0; index < count; index++) {
      const place = places[index] as number
      hear(seats[index] as number, moments[place] as (typeof moments)[number], ats[place] as Instant)
    }
    if (goesOn) return
    for (let seat = wakeUps.takeDue(receivedAt); seat >= 0; seat = wakeUps.takeDue(receivedAt)) {
      const held = heldFrom.size === 0 ? undefined : heldFrom.get(seat)
      if (held === undefined || dueOf(seat) < held) wakeUp(seat)
    }
  }

  const keptOf = (seat: number): Kept<unknown> | null => {
    if (((flags[seat] as number) & STANDING) === WAITING) return null
    const wakeAt = wakeAtOf(seat)
    const lagMs = lagOf(seat)
    const breachedAt = breachedAts.get(seat)
    const parked = parkings.get(seat)
    return {
      state: states.of(seat),
      ...(wakeAt !== NEVER && { wakeAt }),
      ...(lagMs !== 0 && { lagMs }),
      ...(breachedAt !== undefined && { breachedAt }),
      ...(parked && { parked, ...(anew.has(seat) && { released: true }) }),
    }
  }

  return {
    subjects,
    minds: rule.afterGap !== undefined,
    operator: (commits) =>
      new Observable((out) => {
        tell = (verdict) => out.next(verdict)
        return commits.subscribe({
          next: take,
          error: (cause) => out.error(cause),
          complete: () => out.complete(),
        })
      }),
    startAnew: (seat) => anew.add(seat),
    parked: () =>
      [...parkings]
        .filter(([seat]) => !anew.has(seat))
        .map(([seat, parked]) => ({ subject: subjectIn(seat), ...parked })),
    release(subject) {
      const seat = subjects.indexOf(subject)
      if (!parkings.has(seat) || anew.has(seat)) return false
      anew.add(seat)
      hasChanged(seat)
      return true
    },
    get unkept() {
      return changed.length
    },
    *takeChanged() {
      for (const seat of changed) {
        flags[seat] = (flags[seat] as number) & STANDING
        yield { subject: subjectIn(seat), kept: keptOf(seat) }
      }
      changed.length = 0
    },
  }
}
