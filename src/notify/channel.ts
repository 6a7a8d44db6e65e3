/** The port of a channel: one parcel at a time, and what became of it in four words. */

import type { Place } from '../model/device.ts'
import type { Language } from '../model/errors.ts'
import type { Notification } from '../operations/outbox.ts'
import type { Reader } from '../operations/views.ts'

export type Parcel = {
  /** The same at every try of the same content. */
  readonly key: string
  readonly notifications: readonly Notification[]
}

export type Outcome =
  | { readonly is: 'delivered' }
  /** Away, busy, or we are too fast: it is tried for ever. `waitMs` where the other side says how long. */
  | { readonly is: 'later'; readonly because: string; readonly waitMs?: number }
  /** This message will never be taken. */
  | { readonly is: 'refused'; readonly because: string }
  /** Wrong secret or address: no message is taken until a person has mended it. */
  | { readonly is: 'shut'; readonly because: string }

export interface Channel {
  /** Rejects only where something here is wrong; whatever the other side does is an outcome. */
  send(parcel: Parcel, signal: AbortSignal): Promise<Outcome>
  close(): void
}

/** How names and instants are shown to people. */
export type Names = {
  readonly site: string
  readonly device: (id: string) => string
  readonly place: (place: Place) => string
  readonly zone: (id: string) => string
  readonly instant: Reader['instant']
}

export type Writing = Names & { readonly language: Language }
