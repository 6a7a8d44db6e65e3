/**
 * Tells people and machines outside: for each channel a sender drains its part of the outbox. What is in the outbox was
 * decided with the event itself; here it only leaves.
 */
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { Operations } from '../operations/operations.ts'
import type { Channel, Names, Writing } from './channel.ts'
import { mail } from './mail.ts'
import type { ChannelOptions, NotifyOptions } from './options.ts'
import { dingtalkRobot, feishuRobot, wecomRobot } from './robots.ts'
import { type SenderCounts, type SenderStatus, startSender } from './sender.ts'
import { webhook } from './webhook.ts'

/** Nobody is called for a channel that is away for a moment. */
const FAILING_MS = 10 * 60_000

export type NotifyParts = {
  readonly options: NotifyOptions
  readonly operations: Pick<Operations, 'outbox' | 'events'>
  readonly names: Names
  readonly clock: Clock
  readonly log: Log
}

export interface Notify extends AsyncDisposable {
  readonly channels: () => readonly SenderStatus[]
  readonly counts: () => readonly { readonly name: string; readonly counts: SenderCounts }[]
  /** Channels that have not delivered for a while though something waits: a person should know. */
  readonly warnings: () => readonly { readonly code: 'notify-failing'; readonly detail: string }[]
  /** A notification waits again that was given up. */
  wake(channel: string): void
}

/** Rejects where a channel cannot be made of its settings. */
export async function startNotify({ options, operations, names, clock, log }: NotifyParts): Promise<Notify> {
  const { outbox, events } = operations
  const { channels, waitingMost, triesWhenShut } = options
  const dropped = await outbox.dropOthers(channels.map(({ name }) => name))
  if (dropped > 0) log.warn({ dropped }, 'Notifications of channels that are gone were dropped')
  const senders = channels.map((one) => {
    const channel = channelOf(one, { ...names, language: one.language }, clock)
    return startSender({ options: one, channel, outbox, clock, log, waitingMost, triesWhenShut })
  })
  const wakeAll = () => {
    for (const sender of senders) sender.wake()
  }
  const stop = events.onEvent(wakeAll)
  return {
    channels: () => senders.map(({ status }) => status),
    counts: () => senders.map(({ status, counts }) => ({ name: status.name, counts })),
    warnings: () =>
      senders.flatMap(({ status: { name, state, since, because = 'over its limit' } }) => {
        const isLong = state === 'refused' || (state === 'waiting' && clock.now() - since > FAILING_MS)
        return isLong ? [{ code: 'notify-failing', detail: `${name}: ${because}` }] : []
      }),
    wake: (channel) => senders.find(({ status }) => status.name === channel)?.wake(),
    async [Symbol.asyncDispose]() {
      stop()
      await Promise.all(senders.map((sender) => sender[Symbol.asyncDispose]()))
    },
  }
}

function channelOf(options: ChannelOptions, writing: Writing, { now }: Clock): Channel {
  switch (options.kind) {
    case 'webhook':
      return webhook({ options, writing, now })
    case 'dingtalk':
      return dingtalkRobot({ options, writing, now })
    case 'wecom':
      return wecomRobot({ options, writing, now })
    case 'feishu':
      return feishuRobot({ options, writing, now })
    case 'mail':
      return mail({ options, writing })
  }
}
