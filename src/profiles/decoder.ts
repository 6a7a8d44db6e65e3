/**
 * A profile compiled once into what reads its messages. Every codec ends here: points that can
 * be read are kept, those that cannot are named together in one dead letter a sample.
 *
 * A decoder is pure and keeps nothing. What a sample without a time is dated by (the arrival,
 * unique per device) needs memory and a clock, so it is left open here and intake fills it in.
 */
import type { DeadLetter, Gap } from '../model/commit.ts'
import type { ErrorCode } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { DataChange, Publish, RawMessage } from '../model/raw-message.ts'
import type { DeviceId, Sample, Value } from '../model/reading.ts'
import { type Expected, nothingKnown } from './strange.ts'

/** A sample whose time may still be open: `undefined` means when it arrived. */
export type DecodedSample = Omit<Sample, 'at'> & { readonly at: Instant | undefined }

export type Decoded = {
  readonly samples: readonly DecodedSample[]
  readonly deadLetters: readonly DeadLetter[]
  /** Points that the profile does not name: counted, not stored. */
  readonly unknownPoints: number
  /** The message is of a kind that the profile does not read (`only`): nothing is wrong with it. */
  readonly isPassedOver: boolean
  /** What could not be heard, as is known only now. */
  readonly gaps?: readonly Gap[]
  /** What the sender is to be told once this is durable: best effort, asked again by the codec while it is due. */
  readonly replies?: readonly Reply[]
}

/** A publish back to where a message came from. */
export type Reply = { readonly topic: string; readonly payload: Uint8Array }

/** Reads what one device sent. */
export type Decoder = (message: Publish, device: DeviceId) => Decoded

/**
 * Reads topics on which many devices speak, and keeps what its codec must remember between messages.
 * `arrivedAt` is when the message came, for gaps and replies; samples without a time stay open.
 */
export type Channel = {
  decode(message: Publish, arrivedAt: Instant): Decoded
  /** The message was not kept: what was learned from it no longer holds. */
  forget?(message: Publish): void
}

/** Samples of one message: more is no meter's backlog. */
export const MOST_SAMPLES = 10_000

/** Dead letters of one message; the rest are counted in one more, or 256 KiB could become 100 MB. */
export const MOST_DEAD_LETTERS = 100

const MOST_PAYLOAD_BYTES = 1024

export function deadLetter(raw: RawMessage, code: ErrorCode, reason: string, device?: DeviceId): DeadLetter {
  const payload = (raw.is === 'publish' ? raw.payload : changeAsBytes(raw)).subarray(0, MOST_PAYLOAD_BYTES)
  const letter = {
    source: raw.source,
    topic: raw.is === 'publish' ? raw.topic : raw.nodeId,
    code,
    reason,
    payload: payload.toBase64(),
  }
  return device === undefined ? letter : { ...letter, device }
}

/** A data change has no payload; what it said is shown as JSON. */
function changeAsBytes({ value, statusCode, sourceTimestamp }: DataChange): Uint8Array {
  const said = typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  return new TextEncoder().encode(JSON.stringify({ value: said, statusCode, sourceTimestamp }))
}

export const refused = (raw: RawMessage, code: ErrorCode, reason: string, device?: DeviceId): Decoded => ({
  samples: [],
  deadLetters: [deadLetter(raw, code, reason, device)],
  unknownPoints: 0,
  isPassedOver: false,
})

export const PASSED_OVER: Decoded = { samples: [], deadLetters: [], unknownPoints: 0, isPassedOver: true }

/** What was made of one sample, before it is judged as a whole. */
export type Draft = {
  readonly values: Record<string, Value>
  readonly doubts: Record<string, 'uncertain' | 'bad'>
  /** `<point>: <what is wrong>` */
  readonly faults: string[]
  at: Instant | undefined
  timeFault?: string
  unknownPoints: number
  /** What was sent, or its names, and what could have been read: for the words where nothing was. */
  seen?: object
  expected?: Expected
}

export const draft = (): Draft => ({ values: {}, doubts: {}, faults: [], at: undefined, unknownPoints: 0 })

/** Gathers the samples of one message of one device. */
export function gathering(message: Publish, device: DeviceId) {
  const { refuse, take, keep, done } = gatheringMany(message)
  return {
    refuse: (code: ErrorCode, reason: string) => refuse(code, reason, device),
    /** `place` says which sample of an array it is. */
    take: (made: Draft, place = '') => take(device, made, place),
    /** Nothing is wrong with it, and it has a value. */
    keep,
    done: () => done(device),
  }
}

/**
 * The same for a message in which many devices speak. Each sample gives a sample, a dead letter, both, never
 * neither.
 */
export function gatheringMany(message: Publish) {
  const samples: DecodedSample[] = []
  const deadLetters: DeadLetter[] = []
  let unknownPoints = 0
  let unwritten = 0
  const refuse = (code: ErrorCode, reason: string, device?: DeviceId) => {
    if (deadLetters.length < MOST_DEAD_LETTERS) deadLetters.push(deadLetter(message, code, reason, device))
    else unwritten++
  }
  return {
    refuse,
    keep: (sample: DecodedSample) => void samples.push(sample),
    take(
      device: DeviceId,
      { values, doubts, faults, at, timeFault, unknownPoints: unknown, seen, expected }: Draft,
      place: string,
    ) {
      unknownPoints += unknown
      if (timeFault !== undefined)
        return refuse('bad-time', place + [timeFault, ...faults].join('; '), device)
      if (faults.length > 0) refuse('bad-point', place + faults.join('; '), device)
      let isEmpty = true
      for (const _ in values) isEmpty = false
      if (isEmpty) {
        if (faults.length > 0) return
        const words = seen && expected ? nothingKnown(seen, expected) : 'none of its points is known'
        return refuse('no-known-point', place + words, device)
      }
      let isDoubted = false
      for (const _ in doubts) isDoubted = true
      samples.push(isDoubted ? { device, at, values, doubts } : { device, at, values })
    },
    done(device?: DeviceId): Decoded {
      if (unwritten > 0) {
        const reason = `${unwritten} more samples of this message could not be read`
        deadLetters.push(deadLetter(message, 'payload-shape', reason, device))
      }
      return { samples, deadLetters, unknownPoints, isPassedOver: false }
    },
  }
}

/** A retained message is handed out at every subscription; undated it would be measured anew each time. */
export const UNDATED_RETAINED =
  'time: a retained message without a time says nothing about when it was measured'
