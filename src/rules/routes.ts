/**
 * Which seats of which rules a device's readings concern, settled once for the whole site: a reading goes straight
 * to its seats, without a look-up a rule, and a gap of one device or source touches nobody else.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import { GATEWAY } from './absences.ts'
import { type BoundRule, concernedDevices } from './bound-rule.ts'
import type { Heard, Moments } from './seated-commit.ts'

/** What a rule hears of a commit; its columns are written over from commit to commit. */
export type Hearing = {
  -readonly [Key in Exclude<keyof Heard, keyof Moments>]: Heard[Key] extends readonly (infer One)[]
    ? One[]
    : Heard[Key]
}

export type Routes = {
  /** Devices go by number, from 0 without holes; one that is met for the first time gets the next. */
  numberOf(device: DeviceId): number
  idOf(device: number): DeviceId
  /** What brings it. */
  sourceOf(device: number): string
  /**
   * Adds the reading, the nth of the commit, to what each rule hears, in `hearings` by the rule's place. One
   * that is no newer than the newest shows nobody that its device speaks.
   */
  pass(device: number, reading: Reading, nth: number, isNewer: boolean, hearings: readonly Hearing[]): void
  /** The same of a late reading, to those that mind who speaks. */
  passSetBack(device: number, nth: number, hearings: readonly Hearing[]): void
  /** The seats of one rule that are judged by any of the devices. */
  seatsOf(rule: number, devices: Iterable<DeviceId>): ReadonlySet<number>
  /** Devices of a source that any rule is judged by. */
  devicesOf(source: string): readonly DeviceId[]
}

/** Whom it concerns depends on what it says: the rule is asked about each reading. */
const ASK = -1

export function routesOf(rules: readonly BoundRule[]): Routes {
  const numbers = new Map<DeviceId, number>()
  const ids: DeviceId[] = []
  const numberOf = (device: DeviceId) => {
    const known = numbers.get(device)
    if (known !== undefined) return known
    numbers.set(device, ids.length)
    ids.push(device)
    return ids.length - 1
  }
  const sources = new Map(rules.flatMap((rule) => [...rule.sources]))
  const devicesBy = Map.groupBy(sources.keys(), (device) => sources.get(device) as string)

  /** Of rules that have to be asked. */
  const seatBy = new Map<number, ReadonlyMap<SubjectId, number>>()
  const found = noted(rules, numberOf, seatBy)
  const known = ids.length
  const { first, ruleOf, seatOf } = sorted(found, known)

  const add = (hearing: Hearing, nth: number, seat: number) => {
    hearing.places[hearing.count] = nth
    hearing.seats[hearing.count] = seat
    hearing.count++
  }
  return {
    numberOf,
    idOf: (device) => ids[device] as DeviceId,
    sourceOf: (device) => (sources.size > 0 && sources.get(ids[device] as DeviceId)) || GATEWAY,
    devicesOf: (source) => devicesBy.get(source) ?? [],
    pass(device, reading, nth, isNewer, hearings) {
      if (device >= known) return
      const end = first[device + 1] as number
      for (let place = first[device] as number; place < end; place++) {
        const rule = ruleOf[place] as number
        if (!isNewer && rules[rule]?.hearsSetBack) continue
        const hearing = hearings[rule] as Hearing
        const seat = seatOf[place] as number
        if (seat !== ASK) {
          add(hearing, nth, seat)
          continue
        }
        for (const subject of rules[rule]?.subjectsOf(reading) ?? []) {
          const asked = seatBy.get(rule)?.get(subject)
          if (asked !== undefined) add(hearing, nth, asked)
        }
      }
    },
    passSetBack(device, nth, hearings) {
      if (device >= known) return
      const end = first[device + 1] as number
      for (let place = first[device] as number; place < end; place++) {
        const rule = ruleOf[place] as number
        const seat = seatOf[place] as number
        if (rules[rule]?.hearsSetBack && seat !== ASK) add(hearings[rule] as Hearing, nth, seat)
      }
    },
    seatsOf(rule, devices) {
      const seats = new Set<number>()
      for (const id of devices) {
        const device = numbers.get(id) ?? known
        if (device >= known) continue
        const end = first[device + 1] as number
        for (let place = first[device] as number; place < end; place++) {
          if (ruleOf[place] !== rule) continue
          const asked = seatBy.get(rule)
          const own = asked ? seatsAmong(asked, rules[rule] as BoundRule, id) : [seatOf[place] as number]
          for (const seat of own) seats.add(seat)
        }
      }
      return seats
    },
  }
}

/** Three columns, rule by rule; they are gone once they are sorted. */
type Found = { readonly devices: number[]; readonly rules: number[]; readonly seats: number[] }

function noted(
  rules: readonly BoundRule[],
  numberOf: (device: DeviceId) => number,
  seatBy: Map<number, ReadonlyMap<SubjectId, number>>,
): Found {
  const found: Found = { devices: [], rules: [], seats: [] }
  const note = (device: number, rule: number, seat: number) => {
    found.devices.push(device)
    found.rules.push(rule)
    found.seats.push(seat)
  }
  for (const [index, rule] of rules.entries()) {
    const seats = new Map([...rule.subjects.keys()].map((subject, seat) => [subject, seat]))
    const isAsked = rule.isAskedByReading
    if (isAsked) seatBy.set(index, seats)
    const met = new Set<DeviceId>()
    for (const device of concernedDevices(rule.subjects)) {
      if (met.has(device)) continue
      met.add(device)
      if (isAsked) note(numberOf(device), index, ASK)
      else for (const seat of seatsAmong(seats, rule, device)) note(numberOf(device), index, seat)
    }
  }
  return found
}

/** A device's routes stand together: from `first[device]` to before `first[device + 1]`, in the order of the rules. */
function sorted({ devices, rules, seats }: Found, known: number) {
  const first = new Int32Array(known + 1)
  for (const device of devices) first[device + 1] = (first[device + 1] as number) + 1
  for (let device = 0; device < known; device++) {
    first[device + 1] = (first[device + 1] as number) + (first[device] as number)
  }
  const ruleOf = new Uint16Array(rules.length)
  const seatOf = new Int32Array(seats.length)
  const next = first.slice()
  for (const [index, device] of devices.entries()) {
    const place = next[device] as number
    next[device] = place + 1
    ruleOf[place] = rules[index] as number
    seatOf[place] = seats[index] as number
  }
  return { first, ruleOf, seatOf }
}

/** Those that are judged by whatever the device says. */
function seatsAmong(seats: ReadonlyMap<SubjectId, number>, rule: BoundRule, device: DeviceId): number[] {
  return rule
    .subjectsOf({ device, at: 0, receivedAt: 0, values: {} })
    .map((subject) => seats.get(subject))
    .filter((seat) => seat !== undefined)
}
