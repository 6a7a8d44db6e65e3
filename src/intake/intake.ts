/**
 * Where a raw message becomes ours: read by its profile, judged by its time, freed of repeats,
 * written to the journal, and only then acknowledged. What cannot be read is written too, as a
 * dead letter, so that no sender is made to send it again and no person has to guess.
 */
import type { Listener } from '../connect/connector.ts'
import type { Journal } from '../journal/journal.ts'
import type { DeadLetter } from '../model/commit.ts'
import type { Clock } from '../model/instant.ts'
import type { RawMessage } from '../model/raw-message.ts'
import type { Sample } from '../model/reading.ts'
import type { Directory } from '../profiles/directory.ts'
import type { IntakeOptions } from './options.ts'
import { batchReader, type Made } from './read-batch.ts'
import { repeatMemory } from './repeats.ts'
import { type ReplyCounts, replyDesk, type SendReply } from './replies.ts'
import { seats } from './seats.ts'
import { statusAppend } from './status-append.ts'
import { arrivals } from './time.ts'

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

export type IntakeParts = {
  readonly directory: Directory
  readonly journal: Journal
  readonly clock: Clock
  readonly options: IntakeOptions
  /** Durable since before this process: what repeats one of them is not written again. */
  readonly recalled?: readonly Sample[]
  readonly send?: SendReply
}

export function createIntake({
  directory,
  journal,
  clock,
  options,
  recalled = [],
  send = () => Promise.reject(new Error('nobody sends replies')),
}: IntakeParts): Intake {
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
  const readBatch = batchReader({ directory, options, repeats, arrivalOf: arrivals(seatOf) })
  const { append, tell } = statusAppend(journal, (statuses) => {
    counts.droppedStatuses += statuses
  })

  /**
   * Whoever waits until it is durable holds none of the records: the journal has them as bytes, and as
   * objects they would grow old.
   */
  const handOver = (messages: readonly RawMessage[]) => {
    const { records, ...rest } = readBatch(messages, clock.now(), journal.head.receivedAt)
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
