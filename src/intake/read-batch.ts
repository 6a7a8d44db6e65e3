/**
 * One batch of raw messages made into records: read by their profiles, dated, freed of repeats. Nothing of it
 * is counted or answered here, because a batch that the journal does not take comes again.
 */
import type { DeadLetter, JournalRecord } from '../model/commit.ts'
import { repeatsBy } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { RawMessage } from '../model/raw-message.ts'
import type { DeviceId, Sample } from '../model/reading.ts'
import { type DecodedSample, deadLetter, type Reply } from '../profiles/decoder.ts'
import type { Directory } from '../profiles/directory.ts'
import type { IntakeOptions } from './options.ts'
import { type Batch, newBatch } from './remembered.ts'
import type { RepeatMemory } from './repeats.ts'
import { joinedChanges, type Taken } from './taken.ts'
import { type Arrivals, whatIsImplausible } from './time.ts'

/** What a batch adds to the counts of the same names, once it is durable. */
export type Made = {
  readings: number
  unknownPoints: number
  passedOver: number
  datedByArrival: number
  repeats: number
  conflicts: number
}

export type ReadBatch = {
  readonly batch: Batch
  readonly records: readonly JournalRecord[]
  /** Those among the records. */
  readonly buried: readonly DeadLetter[]
  readonly made: Readonly<Made>
  readonly answers: readonly { readonly to: string; readonly replies: readonly Reply[] }[]
}

export type BatchReaderParts = {
  readonly directory: Directory
  readonly options: Pick<IntakeOptions, 'oldestMs' | 'aheadMs'>
  readonly repeats: RepeatMemory
  readonly arrivalOf: Arrivals
}

/**
 * `now` is the wall clock, `newest` the instant of the newest commit: where the clock was set back the
 * journal goes on, and arrivals with it.
 */
export type BatchReader = (messages: readonly RawMessage[], now: Instant, newest: Instant) => ReadBatch

export function batchReader({ directory, options, repeats, arrivalOf }: BatchReaderParts): BatchReader {
  const repeatsOf = (device: DeviceId) => {
    const family = directory.devices.get(device)?.family
    return family ? repeatsBy(family) : 'sample'
  }

  return (messages, now, newest) => {
    const batch = newBatch()
    const records: JournalRecord[] = []
    const answers: { readonly to: string; readonly replies: readonly Reply[] }[] = []
    const made = { readings: 0, unknownPoints: 0, passedOver: 0, datedByArrival: 0, repeats: 0, conflicts: 0 }
    const buried: DeadLetter[] = []
    const bury = (letter: DeadLetter) => {
      buried.push(letter)
      records.push({ is: 'dead-letter', ...letter })
    }

    const dated = (
      sample: DecodedSample,
      raw: RawMessage,
      isClaimedByAnother: (instant: Instant) => boolean,
    ): Sample | undefined => {
      const { device, at } = sample
      const fault = at === undefined ? undefined : whatIsImplausible(at, now, options)
      if (at !== undefined && fault === undefined) return sample as Sample
      if (fault !== undefined && directory.profileOf(device)?.implausibleTime !== 'receivedAt') {
        bury(deadLetter(raw, 'implausible-time', fault, device))
        return undefined
      }
      const arrivedAt = Math.max(now, newest)
      const arrival = arrivalOf(
        device,
        arrivedAt,
        (instant) => isClaimedByAnother(instant) || repeats.holds(device, instant),
      )
      if (arrival - arrivedAt > options.aheadMs) {
        bury(deadLetter(raw, 'implausible-time', 'time: too many samples without one', device))
        return undefined
      }
      made.datedByArrival++
      return { ...sample, at: arrival }
    }

    /** The samples of one message, in the order of their time. */
    const take = (decoded: readonly DecodedSample[], rawOf: (place: number) => RawMessage) => {
      let claimed: Set<Instant | undefined> | undefined
      const isClaimedByAnother = (instant: Instant) => {
        if (decoded.length === 1) return false
        claimed ??= new Set(decoded.map(({ at }) => at))
        return claimed.has(instant)
      }
      const samples: ReadingRecord[] = []
      let isInOrder = true
      let before = Number.NEGATIVE_INFINITY
      for (let place = 0; place < decoded.length; place++) {
        const sample = dated(decoded[place] as DecodedSample, rawOf(place), isClaimedByAnother)
        if (!sample) continue
        if (before > sample.at) isInOrder = false
        before = sample.at
        samples.push(recordOf(sample))
      }
      if (!isInOrder) samples.sort((one, other) => one.at - other.at)
      for (const sample of samples) {
        const judged = repeats.judge(sample, repeatsOf, batch)
        made.repeats += judged.repeats
        made.conflicts += judged.conflicts
        if (!judged.fresh) continue
        made.readings++
        records.push(judged.fresh === sample ? sample : recordOf(judged.fresh))
      }
    }

    const changes: Taken[] = []
    for (const raw of messages) {
      const { samples, deadLetters, unknownPoints, isPassedOver, gaps, replies } = directory.decode(raw, now)
      for (const letter of deadLetters) bury(letter)
      if (gaps) for (const gap of gaps) records.push({ is: 'gap', ...gap })
      if (replies) answers.push({ to: raw.source, replies })
      made.unknownPoints += unknownPoints
      if (isPassedOver) made.passedOver++
      if (raw.is === 'publish') take(samples, () => raw)
      else for (const sample of samples) changes.push({ sample, raw })
    }
    const joined = joinedChanges(changes)
    take(
      joined.map(({ sample }) => sample),
      (place) => (joined[place] as Taken).raw,
    )
    return { batch, records, buried, made, answers }
  }
}

type ReadingRecord = Extract<JournalRecord, { is: 'reading' }>

/**
 * The record is also what is remembered to know a repeat by: one object a sample, for most of them wait for
 * the journal together.
 */
const recordOf = ({ device, at, values, doubts }: Sample): ReadingRecord =>
  doubts ? { is: 'reading', device, at, values, doubts } : { is: 'reading', device, at, values }
