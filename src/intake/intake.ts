/**
 * Where a raw message becomes ours: read by its profile, judged by its time, freed of repeats,
 * written to the journal, and only then acknowledged. What cannot be read is written too, as a
 * dead letter, so that no sender is made to send it again and no person has to guess.
 */
import * as z from 'zod'
import type { Listener } from '../connect/connector.ts'
import type { Journal } from '../journal/journal.ts'
import type { DeadLetter, JournalRecord } from '../model/commit.ts'
import { repeatsBy } from '../model/device.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { RawMessage } from '../model/raw-message.ts'
import type { DeviceId, Sample } from '../model/reading.ts'
import { type DecodedSample, deadLetter, type Reply } from '../profiles/decoder.ts'
import type { Directory } from '../profiles/directory.ts'
import { newBatch } from './remembered.ts'
import { repeatMemory } from './repeats.ts'
import { type ReplyCounts, replyDesk, type SendReply } from './replies.ts'
import { seats } from './seats.ts'
import { joinedChanges, type Taken } from './taken.ts'
import { arrivals, whatIsImplausible } from './time.ts'

export const IntakeOptions = z.strictObject({
  oldestMs: z
    .int()
    .positive()
    .default(30 * 86_400_000)
    .meta({ description: 'A sample measured longer ago than this is not believed, ms. Default 30 days.' }),
  aheadMs: z
    .int()
    .nonnegative()
    .default(5 * 60_000)
    .meta({ description: 'Nor one measured further ahead of our clock than this, ms. Default 5 min.' }),
  rememberedSamples: z.int().nonnegative().default(100_000).meta({
    description:
      'Samples remembered at most to know a repeat by, 50 bytes each (300 where one has words, switches or doubts); the older half is let go at once.',
  }),
})

export type IntakeOptions = z.output<typeof IntakeOptions>

export type IntakeCounts = Readonly<ReplyCounts> & {
  readonly messages: number
  /** Samples that were written. */
  readonly readings: number
  readonly deadLetters: Readonly<Record<string, number>>
  /** Points that no profile names. */
  readonly unknownPoints: number
  /** Messages of a kind that their profile does not read. */
  readonly passedOver: number
  /** Samples dated by their arrival: they said no time, or none to be believed. */
  readonly datedByArrival: number
  readonly repeats: number
  /** What meters said of points, dropped because something else was said of the same point and instant before. */
  readonly conflicts: number
  /** Batches that the journal did not take; their senders send again. */
  readonly rejectedBatches: number
  /** Link changes and gaps that were dropped while the journal took nothing. */
  readonly droppedStatuses: number
}

export type Intake = Listener & { readonly counts: IntakeCounts }

/** Link changes and gaps that wait for the journal. */
const MOST_STATUSES = 1000

export function createIntake({
  directory,
  journal,
  clock,
  options,
  recalled = [],
  send = () => Promise.reject(new Error('nobody sends replies')),
}: {
  readonly directory: Directory
  readonly journal: Journal
  readonly clock: Clock
  readonly options: IntakeOptions
  /** Durable since before this process: what repeats one of them is not written again. */
  readonly recalled?: readonly Sample[]
  readonly send?: SendReply
}): Intake {
  const counts = {
    messages: 0,
    readings: 0,
    deadLetters: {} as Record<string, number>,
    unknownPoints: 0,
    passedOver: 0,
    datedByArrival: 0,
    repeats: 0,
    conflicts: 0,
    rejectedBatches: 0,
    droppedStatuses: 0,
    replies: 0,
    heldReplies: 0,
    failedReplies: 0,
  }
  const reply = replyDesk({ counts, clock, send })
  const seatOf = seats()
  const repeats = repeatMemory(options.rememberedSamples, seatOf)
  for (const sample of recalled) repeats.recall(sample)
  const arrivalOf = arrivals(seatOf)
  const statuses: JournalRecord[] = []
  let isCarrying = false

  const repeatsOf = (device: DeviceId) => {
    const family = directory.devices.get(device)?.family
    return family ? repeatsBy(family) : 'sample'
  }

  /** What is made of one batch of messages. It is counted only once it is durable: a rejected one comes again. */
  const read = (messages: readonly RawMessage[]) => {
    const now = clock.now()
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
      // Where the wall clock was set back the journal's goes on, and arrivals with it.
      const arrivedAt = Math.max(now, journal.head.receivedAt)
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

  /**
   * Appends together with the statuses that wait. Only one append at a time carries statuses: if it
   * fails they wait on, in their order, so that a link that came up never reads as one that went down.
   */
  const append = (records: readonly JournalRecord[]): Promise<unknown> => {
    const carried = isCarrying ? [] : statuses.splice(0)
    if (carried.length === 0) return records.length === 0 ? Promise.resolve() : journal.append(records)
    isCarrying = true
    return carry(carried, journal.append([...carried, ...records]))
  }

  const carry = async (carried: readonly JournalRecord[], appended: Promise<unknown>): Promise<void> => {
    let isTaken = false
    try {
      await appended
      isTaken = true
    } finally {
      isCarrying = false
      if (isTaken) flush()
      else keepWaiting(carried)
    }
  }

  const keepWaiting = (carried: readonly JournalRecord[]) => {
    statuses.unshift(...carried)
    counts.droppedStatuses += statuses.splice(0, Math.max(0, statuses.length - MOST_STATUSES)).length
  }

  const flush = () => {
    append([]).catch(() => {}) // they wait for the next append
  }

  const tell = (status: JournalRecord) => {
    statuses.push(status)
    flush()
  }

  /** Whoever waits until it is durable holds none of the records: the journal has them as bytes, and as objects they would grow old. */
  const handOver = (messages: readonly RawMessage[]) => {
    const { records, ...rest } = read(messages)
    return { ...rest, appended: append(records) }
  }

  const count = (buried: readonly DeadLetter[], made: Made, messages: number) => {
    counts.messages += messages
    for (const name of Object.keys(made) as (keyof Made)[]) counts[name] += made[name]
    for (const { code } of buried) counts.deadLetters[code] = (counts.deadLetters[code] ?? 0) + 1
  }

  return {
    counts,
    async deliver(messages) {
      const { batch, buried, made, answers, appended } = handOver(messages)
      const waitsFor = [...(batch.waitsFor ?? [])] // before it is durable itself and forgets them
      batch.appending = appended.then(
        () => repeats.written(batch),
        (cause) => {
          repeats.lost(batch)
          throw cause
        },
      )
      try {
        await batch.appending
        for (const { appending } of waitsFor) await appending
      } catch (cause) {
        counts.rejectedBatches++
        for (const message of messages) directory.forget(message)
        throw cause
      }
      for (const { to, replies } of answers) for (const one of replies) reply(to, one)
      count(buried, made, messages.length)
    },
    link: (link) => tell({ is: 'link', ...link }),
    gap: (gap) => tell({ is: 'gap', ...gap }),
  }
}

type ReadingRecord = Extract<JournalRecord, { is: 'reading' }>

/** The record is also what is remembered to know a repeat by: one object a sample, for most of them wait for the journal together. */
const recordOf = ({ device, at, values, doubts }: Sample): ReadingRecord =>
  doubts ? { is: 'reading', device, at, values, doubts } : { is: 'reading', device, at, values }

type Made = Pick<
  IntakeCounts,
  'readings' | 'unknownPoints' | 'passedOver' | 'datedByArrival' | 'repeats' | 'conflicts'
>
