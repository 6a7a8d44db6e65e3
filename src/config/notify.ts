/**
 * What only shows once everything is read: names in routes, escalations and seats that nothing bears, and
 * secrets in files of their own. A slip here would be a notification that never comes.
 */
import { readFileSync } from 'node:fs'
import type { AlarmScope } from '../alarms/scope.ts'
import type { Seat } from '../alarms/seat.ts'
import { meant } from '../model/meant.ts'
import { type ChannelOptions, isAddress, type NotifyOptions } from '../notify/options.ts'
import type { SiteNames } from '../rules/bind.ts'
import type { Fail } from './checks.ts'
import { unreadable } from './readable.ts'

const SECRETS = ['url', 'secret', 'password'] as const

/** With what stands in the files that are named; paths as the process sees them, as for certificates. */
export function withSecrets(notify: NotifyOptions, fail: Fail, lost: Fail): NotifyOptions {
  return {
    ...notify,
    channels: notify.channels.map((channel, i) => unsealed(channel, `notify.channels.${i}`, fail, lost)),
  }
}

function unsealed(channel: ChannelOptions, path: string, fail: Fail, lost: Fail): ChannelOptions {
  const given: Readonly<Record<string, unknown>> = channel
  const textOf = (key: string) => {
    const file = given[key]
    if (typeof file !== 'string') return undefined
    const why = unreadable(file)
    if (why !== undefined) lost(`${path}.${key}: ${why}`)
    return why === undefined ? readFileSync(file, 'utf8').trim() : undefined
  }
  textOf('caFile')
  const read = SECRETS.flatMap((key) => {
    const text = textOf(`${key}File`)
    if (text === undefined) return []
    const file = given[`${key}File`]
    if (text === '') fail(`${path}.${key}File: ${file} is empty`)
    if (key === 'url' && !isAddress(text))
      fail(
        `${path}.urlFile: ${file} holds no address that begins with http:// or https://, without user and password`,
      )
    return [[key, text]]
  })
  return { ...channel, ...Object.fromEntries(read) }
}

/** Absent where they could not be read; nothing is missed in them then. */
type Named = {
  readonly site: SiteNames | undefined
  readonly rules: readonly { readonly id: string }[] | undefined
}

export function checkNotify(
  { channels, routes, escalation }: NotifyOptions,
  seats: readonly Seat[],
  { site, rules }: Named,
  fail: Fail,
): void {
  const known = {
    institutions: idsOf(site?.institutions),
    zones: idsOf(site?.zones),
    rules: idsOf(rules),
  }
  const names = new Set(channels.map(({ name }) => name))
  const once = (list: readonly { readonly name: string }[], path: string) => {
    const seen = new Set<string>()
    for (const [index, { name }] of list.entries()) {
      if (seen.has(name)) fail(`${path}.${index}.name: two are named ${name}`)
      seen.add(name)
    }
  }
  const scope = (wanted: AlarmScope, path: string) => {
    for (const key of ['institutions', 'zones', 'rules'] as const) {
      const there = known[key]
      if (!there) continue
      for (const lost of wanted[key]?.filter((name) => !there.has(name)) ?? [])
        fail(`${path}.${key}: there is none named ${lost}${meant(lost, there)}`)
    }
  }
  const channel = (name: string, path: string) => {
    if (!names.has(name)) fail(`${path}: there is no channel ${name}${meant(name, names)}`)
  }
  once(channels, 'notify.channels')
  once(escalation, 'notify.escalation')
  once(seats, 'seats')
  routes.forEach((route, i) => {
    channel(route.channel, `notify.routes.${i}.channel`)
    scope(route, `notify.routes.${i}`)
  })
  escalation.forEach((policy, i) => {
    scope(policy, `notify.escalation.${i}`)
    policy.steps.forEach((step, j) => {
      for (const name of step.channels) channel(name, `notify.escalation.${i}.steps.${j}.channels`)
    })
  })
  seats.forEach((seat, i) => {
    scope(seat.scope, `seats.${i}.scope`)
  })
}

const idsOf = (nouns: readonly { readonly id: string }[] | undefined): ReadonlySet<string> | undefined =>
  nouns && new Set(nouns.map(({ id }) => id))
