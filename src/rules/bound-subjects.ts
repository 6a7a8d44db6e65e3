/**
 * Who is under a rule, and with which options. Nearly all subjects are one device each and share their options, so what
 * is kept of a subject is one entry that names the options; the rest is put together for whoever asks.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { DeviceId } from '../model/reading.ts'

export type BoundSubject = {
  /** The device a person would walk to. */
  readonly device: DeviceId
  /** Those whose readings it is judged by, where that is not `device` alone. */
  readonly devices?: readonly DeviceId[]
  readonly options: unknown
  /** A good value of one of them verifies a repair. Empty: of any point. */
  readonly points: readonly string[]
}

/** Looked up as a map is, in the order in which they were bound. */
export type BoundSubjects = Iterable<readonly [SubjectId, BoundSubject]> & {
  readonly size: number
  has(subject: SubjectId): boolean
  get(subject: SubjectId): BoundSubject | undefined
  keys(): Iterable<SubjectId>
  values(): Iterable<BoundSubject>
}

/** A subject's options, and the points of its devices that it is judged by. */
export type Settled<Options> = { readonly options: Options; readonly points: readonly string[] }

/** Of a subject that is more or other than the device of its name. */
export type Company = Pick<BoundSubject, 'device' | 'devices'>

export type SubjectBook<Options> = BoundSubjects & {
  add(subject: SubjectId, settled: Settled<Options>, company?: Company): void
  /** Whom it hears beside its own device. */
  join(subject: SubjectId, devices: readonly DeviceId[]): void
  optionsOf(): ReadonlyMap<SubjectId, Options>
}

export function subjectBook<Options>(): SubjectBook<Options> {
  const settledOf = new Map<SubjectId, Settled<Options>>()
  const companyOf = new Map<SubjectId, Company>()

  const whole = (subject: SubjectId, { options, points }: Settled<Options>): BoundSubject => {
    const company = companyOf.get(subject) ?? { device: subject }
    return { ...company, options, points }
  }
  function* entries(): Generator<readonly [SubjectId, BoundSubject]> {
    for (const [subject, settled] of settledOf) yield [subject, whole(subject, settled)]
  }
  function* values(): Generator<BoundSubject> {
    for (const [, bound] of entries()) yield bound
  }
  return {
    add(subject, settled, company) {
      settledOf.set(subject, settled)
      if (company) companyOf.set(subject, company)
    },
    join(subject, devices) {
      companyOf.set(subject, { device: companyOf.get(subject)?.device ?? subject, devices })
    },
    optionsOf: () => new Map([...settledOf].map(([subject, { options }]) => [subject, options])),
    get size() {
      return settledOf.size
    },
    has: (subject) => settledOf.has(subject),
    get(subject) {
      const settled = settledOf.get(subject)
      return settled && whole(subject, settled)
    },
    keys: () => settledOf.keys(),
    values,
    [Symbol.iterator]: entries,
  }
}
